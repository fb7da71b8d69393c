"""`[ui]` and `[keys]`: what is taken, and what a refusal says."""

from pathlib import Path

import pytest

from funnel_tui import config_file
from funnel_tui.errors import ConfigError
from funnel_tui.key_names import is_key, key_name
from funnel_tui.settings import Ui
from funnel_tui.tui.bindings import ALL_KEYS, SCREENS, taken
from tests.cli.conftest import ROOT, Run


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    themes = tmp_path / "funnel-tui" / "themes"
    themes.mkdir(parents=True)
    return themes


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        config_file.parse(text, Path("c.toml"), keys=taken)
    return caught.value


def test_without_a_word_the_terminal_decides() -> None:
    assert config_file.parse("").ui == Ui("auto", "auto")


def test_a_theme_and_the_marks_to_draw_with() -> None:
    ui = config_file.parse('[ui]\ntheme = "ember"\nglyphs = "ascii"\n').ui
    assert ui == Ui("ember", "ascii")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("[ui]\ntheme\n\n", 2, None, "not valid TOML: Expected '=' after a key"),
        ("[ui]\n[keys]\nzoom", 3, None, "not valid TOML: Expected '=' after a key"),
        ('[ui]\ntheme = "embr"\n', 2, "ui.theme", "did you mean 'ember'"),
        ('[ui]\n\nglyphs = "dots"\n', 3, "ui.glyphs", "allowed: auto, braille, block, ascii"),
        ('[ui]\nthema = "dark"\n', 2, "ui.thema", "did you mean 'theme'"),
        ('[keys]\n"period.todai" = "t"\n', 2, "keys.period.todai", "did you mean 'period.today'"),
        ('[keys]\nrefresh = "f5"\npause = "ctlr+p"\n', 3, "keys.pause", "'ctlr+p' is no key"),
        ('[keys]\nrefresh = "f25"\n', 2, "keys.refresh", "'f25' is no key"),
        ('[keys]\nrefresh = "r,"\n', 2, "keys.refresh", "'' is no key"),
        ("[keys]\nrefresh = 5\n", 2, "keys.refresh", "must be text in quotes"),
        ('[keys]\nrefresh = "c"\n', 2, "keys.refresh", "the key of 'compare' as well (panes)"),
        ('[keys]\n"list.sort" = "/"\n', 2, "keys.list.sort", "'/' is the key of 'list.filter' as well (panes)"),
        ('[keys]\npause = "f9"\nrefresh = "f9"\n', 3, "keys.refresh", "the key of 'pause' as well"),
    ],
)
def test_refusals_name_the_line_and_the_mend(text: str, line: int, key: str | None, says: str) -> None:
    error = refusal(text)
    assert (error.line, error.key) == (line, key)
    assert says in str(error)


def test_keys_may_change_places_and_hold_on_different_screens() -> None:
    text = '[keys]\nrefresh = "c"\ncompare = "r, ctrl+r"\nmove.up = "f8"\nlist.up = "f8"\n"list.filter" = "/, f7"\n'
    assert config_file.parse(text, keys=taken).keys == {
        "refresh": "c",
        "compare": "r, ctrl+r",
        "move.up": "f8",
        "list.up": "f8",
        "list.filter": "/, f7",
    }


def test_every_key_of_the_dashboard_has_a_name_that_a_configuration_may_use() -> None:
    for key in ALL_KEYS:
        for name in key.keys.split(","):
            assert is_key(name), (key.id, name)


def test_every_key_belongs_to_a_screen_and_no_screen_has_two_on_one() -> None:
    assert {key.id for keys in SCREENS.values() for key in keys} == {key.id for key in ALL_KEYS}
    for screen, keys in taken().items():
        names = [name for key_names in keys.values() for name in key_names]
        assert len(names) == len(set(names)), screen


@pytest.mark.parametrize(
    "name", ["a", "G", "?", "ctrl+r", "alt+left", "shift+tab", "f12", "comma", "question_mark", "é"]
)
def test_names_of_keys(name: str) -> None:
    assert is_key(name)


@pytest.mark.parametrize("name", ["", " ", "Enter", "ctrl", "ctrl+", "strg+r", "ctrl+ctrl+r", "shift+A", "esc", "\x1b"])
def test_no_names_of_keys(name: str) -> None:
    assert not is_key(name)


def test_names_are_those_that_the_screen_uses() -> None:
    from textual.keys import _character_to_key

    for character in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ9é":
        assert key_name(character) == _character_to_key(character)


def test_a_theme_of_ones_own_is_read_when_it_is_named(own_folder: Path) -> None:
    path = own_folder / "mine.toml"
    path.write_text('base = "light"\nhuman = "#12345"\n')
    with pytest.raises(ConfigError) as caught:
        config_file.parse('[ui]\ntheme = "mine"\n', Path("c.toml"))
    assert (caught.value.file, caught.value.line, caught.value.key) == (path, 2, "human")
    path.write_text('base = "light"\nhuman = "#123456"\n')
    assert config_file.parse('[ui]\ntheme = "mine"\n').ui.theme == "mine"


def test_validate_reads_every_theme_of_ones_own(run: Run, own_folder: Path) -> None:
    (own_folder / "good.toml").write_text('text = "#eee"\n')
    assert "1 theme in " in run("config", "validate").stderr
    (own_folder / "poor.toml").write_text('text = "#eee"\n\nhumen = "#123456"\n')
    result = run("config", "validate")
    assert result.exit_code == 2
    assert f"{own_folder / 'poor.toml'}:3: humen: there is no such role (did you mean 'human'?)" in result.stderr


def test_show_has_the_screen(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[ui]\ntheme = "contrast"\n[keys]\nmove.up = "f8"\n')
    lines = run("--config", config, "config", "show").stdout.splitlines()
    assert [line.split() for line in lines if line.startswith(("ui", "keys"))] == [
        ["ui.theme", "=", '"contrast"', "#", f"{config}:2"],
        ["ui.glyphs", "=", '"auto"', "#", "default"],
        ["keys.move.up", "=", '"f8"', "#", f"{config}:4"],
    ]


def test_checking_keys_does_without_a_screen() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from funnel_tui import config_file; from funnel_tui.tui.bindings import taken;"
        "config_file.parse('[keys]\\nrefresh = \"f5\"\\n', keys=taken); print('textual' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "False\n"


def test_the_documentation_lists_every_key() -> None:
    import runpy

    table = runpy.run_path(str(ROOT / "docs" / "keys.py"))["table"]()
    assert table in (ROOT / "docs" / "screen.md").read_text(encoding="utf-8"), "run docs/keys.py and put its table in"


def test_the_documentation_lists_every_theme_and_role() -> None:
    from funnel_tui import themes

    text = (ROOT / "docs" / "screen.md").read_text(encoding="utf-8")
    example = (ROOT / "config" / "funnel-tui.example.toml").read_text(encoding="utf-8")
    for name in (*themes.SHIPPED, *themes.PAIRS):
        assert f"`{name}`" in text
        assert name in example
    block = text.split("```toml\n")[1].split("```")[0]
    assert themes.parse("own", block).dark
