"""Themes: readable and told apart by every eye, in truecolor and in 256 colours; the user's own; changing them."""

from itertools import combinations
from math import dist
from pathlib import Path

import pytest

from funnel_tui import themes
from funnel_tui.charts.cells import ROLES
from funnel_tui.charts.palette import PALETTES
from funnel_tui.errors import ConfigError
from funnel_tui.settings import Ui
from funnel_tui.tui.theme import Ink, Wardrobe
from tests.charts.test_render import VISION, contrast, oklab

from .conftest import opened, shown
from .fake_app import make_app

LAYERS = ("proactive", "selfserve", "human", "warn")
READ = ("text", "muted", *LAYERS, "bad", "good")

every_theme = pytest.mark.parametrize("name", list(themes.SHIPPED))
every_depth = pytest.mark.parametrize("depth", ["truecolor", "256"])


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("COLORFGBG", raising=False)
    folder = tmp_path / "funnel-tui" / "themes"
    folder.mkdir(parents=True)
    return folder


@every_depth
@every_theme
def test_text_can_be_read_on_the_ground_and_on_the_cursor(name: str, depth: str) -> None:
    palette = Ink(depth, themes.shipped(name)).palette
    for role in READ:
        assert contrast(palette[role], palette["ground"]) >= 4.5, role
        assert contrast(palette[role], palette["cursor"]) >= 3.0, role


@pytest.mark.parametrize("vision", list(VISION))
@every_depth
@every_theme
def test_layers_and_amber_can_be_told_apart_by_every_eye(name: str, depth: str, vision: str) -> None:
    palette = Ink(depth, themes.shipped(name)).palette
    for one, other in combinations(LAYERS, 2):
        apart = dist(oklab(palette[one], vision), oklab(palette[other], vision))
        assert apart > (0.085 if depth == "truecolor" else 0.07), (one, other)


@every_theme
def test_no_two_roles_collapse_in_256_colours(name: str) -> None:
    palette = Ink("256", themes.shipped(name)).palette
    assert len({palette[role] for role in (*LAYERS, "bad", "muted")}) == 6
    soft = [
        palette[role] for role in ("proactive-soft", "selfserve-soft", "human-soft", "muted-soft", "track", "ground")
    ]
    assert len(set(soft)) == 6
    assert not [colour for colour in soft[:3] if colour[1:3] == colour[3:5] == colour[5:7]], "grey is no layer's"


@pytest.mark.parametrize("name", ["contrast-dark", "contrast-light"])
def test_the_themes_of_high_contrast_have_it(name: str) -> None:
    palette = themes.shipped(name).palette
    for role in READ:
        assert contrast(palette[role], palette["ground"]) >= 7.0, role


def test_a_theme_has_every_role_and_what_it_leaves_out_follows_from_what_it_has() -> None:
    for theme in themes.every():
        assert set(theme.palette) == {*ROLES, "cursor"}
    own = themes.made("own", "dark", {"ground": "#000000", "human": "#ffffff"}).palette
    assert own["text"] == PALETTES["dark"]["text"]
    red, green, blue = (int(own["human-soft"][at : at + 2], 16) for at in (1, 3, 5))
    assert red == green == blue
    assert 0x40 < red < 0xC0
    assert own["human-5"] == "#ffffff"


def test_auto_and_pairs_follow_the_ground_of_the_terminal() -> None:
    for name in ("auto", *themes.PAIRS):
        assert themes.choose(name, dark=True).dark
        assert not themes.choose(name, dark=False).dark
    assert themes.choose("ember-light", dark=True).name == "ember-light"


def test_a_theme_of_ones_own(own_folder: Path) -> None:
    (own_folder / "corporate.toml").write_text('base = "light"\nhuman = "#00A"\nhuman-soft = "#99b2ff"\n')
    assert "corporate" in themes.names()
    theme = themes.choose("corporate", dark=True)
    assert not theme.dark
    assert (theme.palette["human"], theme.palette["human-soft"]) == ("#0000aa", "#99b2ff")
    assert [theme.name for theme in themes.every()][-1] == "corporate"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x", 'base = "grey"\n', "x.toml:1: base: 'grey' is not allowed; allowed: dark, light"),
        ("x", 'text = "#fff"\nhumans = "#fff"\n', "x.toml:2: humans: there is no such role (did you mean 'human'?)"),
        ("x", 'human = "blue"\n', 'x.toml:1: human: \'blue\' is no colour; allowed: "#rrggbb" or "#rgb"'),
        ("x", "human = 3\n", "x.toml:1: human: must be text in quotes, not 3"),
        ("x", "human = \n", "x.toml:1: not valid TOML"),
        ("dark", "", "comes with the program"),
        ("a b", "", "letters, digits"),
    ],
)
def test_a_wrong_theme_says_where_and_what_is_allowed(name: str, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        themes.parse(name, text, Path(f"{name}.toml"))
    assert says in str(caught.value)


def test_a_wrong_theme_that_nobody_chose_is_left_out(own_folder: Path) -> None:
    (own_folder / "broken.toml").write_text("human = ")
    assert [theme.name for theme in themes.every()] == list(themes.SHIPPED)
    with pytest.raises(ConfigError):
        themes.check()


@pytest.mark.parametrize("depth", ["16", "none"])
def test_with_the_terminals_own_colours_there_is_dark_and_light(depth: str) -> None:
    wardrobe = Wardrobe(depth, "ember-light")
    assert wardrobe.names == ("dark", "light")
    assert wardrobe.ink.name == "light"
    assert wardrobe.next().name == "dark"


async def test_t_goes_through_all_themes_and_says_which(own_folder: Path) -> None:
    (own_folder / "mine.toml").write_text('ground = "#000011"\n')
    app = make_app()
    async with opened(app) as pilot:
        seen = [app.ink.name]
        for _ in range(len(themes.SHIPPED)):
            await pilot.press("T")
            seen.append(app.ink.name)
            assert f"Theme: {app.ink.name}" in shown(app)
        assert seen == [*themes.SHIPPED, "mine"]
        assert app.ink.palette["ground"] == "#000011"
        assert app.current_theme.background == "#000011"
        await pilot.press("T")
        assert app.ink.name == "dark"


async def test_the_configured_theme_is_worn_and_the_palette_offers_the_others() -> None:
    app = make_app(ui=Ui(theme="contrast"))
    async with opened(app) as pilot:
        assert app.ink.name == "contrast-dark"
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        commands["Theme ember-light"].callback()
        await pilot.pause()
        assert app.ink.name == "ember-light"


async def test_without_colours_t_says_why_nothing_changes() -> None:
    app = make_app(depth="none")
    async with opened(app) as pilot:
        await pilot.press("T")
        assert "NO_COLOR is set" in shown(app)
