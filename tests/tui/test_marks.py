"""Terminals without dots, blocks or any mark beyond ASCII."""

import pytest

from funnel_tui.charts.cells import cell_width
from funnel_tui.tui.marks import glyphs_for, translated
from funnel_tui.tui.skeleton import frame

from .terminal import Terminal

AWKWARD = "Ünïcödé 請求書 👩 “a” ½ ﬁ é ¡ € ا ▁▂▃▄▅▆▇█ ┌─┐ ▲▼≈…·› ⇧Tab ‖ ●○ ⡀⣀⣄⣤⣦⣶⣷⣿"


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, None),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LC_CTYPE": "C.utf8", "LANG": "C"}, None),
        ({"LANG": "C"}, "ascii"),
        ({"LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, "ascii"),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, "ascii"),
        ({"TERM": "vt220"}, "ascii"),
        ({"TERM": "xterm-256color"}, None),
    ],
)
def test_auto_asks_the_terminal_and_the_locale(environ: dict[str, str], found: str | None) -> None:
    assert glyphs_for("auto", environ) == found


@pytest.mark.parametrize("wish", ["braille", "block", "ascii"])
def test_a_wish_is_a_wish(wish: str) -> None:
    assert glyphs_for(wish, {"TERM": "linux"}) == wish


@pytest.mark.parametrize("character", AWKWARD)
def test_ascii_takes_as_many_cells(character: str) -> None:
    found = translated(character, "ascii")
    assert found.isascii()
    assert len(found) == cell_width(character)


def test_letters_keep_their_base_and_signs_their_sense() -> None:
    assert translated("café ▲ 8 %  ≈ 63 …", "ascii") == "cafe ^ 8 %  ~ 63 ~"
    assert translated("┌─┐│└┘", "ascii") == "+-+|++"
    assert translated("請求", "ascii") == "????"
    assert translated("e\u0301", "ascii") == "e"


def test_escape_sequences_stay() -> None:
    assert translated("\x1b[38;2;1;2;3m│\x1b[0m\x1b]52;c;4pSy\a", "ascii") == "\x1b[38;2;1;2;3m|\x1b[0m\x1b]52;c;4pSy\a"


def test_dots_become_quarters_in_blocks_and_nothing_else_changes() -> None:
    assert translated("⣿⠉⣀⠁⠈⡀⢀⡇⢸⠀ ▁é│", "block") == "█▀▄▘▝▖▗▌▐  ▁é│"


def test_dots_become_strokes_in_ascii() -> None:
    assert translated("⠉⣀⠒⠢⡠⣿⡇⠀", "ascii") == "'_-\\/#| "


def test_whoever_has_everything_gets_everything() -> None:
    assert translated(AWKWARD, None) == AWKWARD
    assert translated(AWKWARD, "braille") == AWKWARD


def test_the_first_frame_is_translated_as_well() -> None:
    assert not frame("Ünïcödé", 80, 24).isascii()
    assert translated(frame("Ünïcödé", 80, 24), "ascii").isascii()


@pytest.mark.parametrize("environ", [{"FAKE_GLYPHS": "ascii"}, {"LC_ALL": "C"}, {"TERM": "linux", "COLORTERM": ""}])
def test_not_one_other_mark_leaves_the_program(environ: dict[str, str]) -> None:
    with Terminal("tui.fake_app", size=(120, 40), **environ) as terminal:
        terminal.shows("HUMAN", "Waiting now", "2m 41s")
        terminal.press("?")
        terminal.shows("WHERE IS")
        terminal.press("\x1b")
        terminal.until(lambda: "WHERE IS" not in terminal.text)
        terminal.press("\x10")
        terminal.shows("Search for commands")
        terminal.press("\x1b")
        terminal.until(lambda: "Search" not in terminal.text)
        terminal.press("j\r")
        terminal.until(lambda: "Waiting now" not in terminal.text)
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.output.isascii()
