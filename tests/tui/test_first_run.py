"""The first screen of somebody without a configuration."""

from pathlib import Path

import pytest

from funnel_tui.charts.cells import line_width
from funnel_tui.tui.screens.first_run import FirstRunApp, Welcome, draw_welcome, ways

from .terminal import Terminal

PLACE = Path("/home/somebody/.config/funnel-tui/config.toml")
SIZES = ((60, 20), (80, 24), (120, 40), (200, 60))


def text_of(width: int, height: int, chosen: int = 0, place: Path = PLACE) -> str:
    drawn = draw_welcome(ways(place), chosen, width, height)
    assert len(drawn.lines) == len(drawn.places) == height
    assert all(line_width(line) == width for line in drawn.lines)
    return "\n".join("".join(span.text for span in line).rstrip() for line in drawn.lines)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_offers_the_ways_on_and_says_where_things_lie(width: int, height: int) -> None:
    text = text_of(width, height - 1)
    for words in ("Look at the demo", "Write a configuration", "Leave", str(PLACE), "funnel-tui import FILE"):
        assert words in text
    assert "…" not in text


def test_where_there_is_room_it_shows_what_this_is_about() -> None:
    for layer in ("PROACTIVE", "SELF-SERVE", "HUMAN"):
        assert layer in text_of(80, 23)
        assert layer not in text_of(60, 19)


@pytest.mark.parametrize(("width", "height"), [(40, 9), (30, 8), (12, 3), (3, 1)])
def test_a_tiny_terminal_has_what_fits(width: int, height: int) -> None:
    assert text_of(width, height)


def test_a_long_path_keeps_its_end() -> None:
    text = text_of(60, 23, place=Path("/" + "very-long/" * 12 + "config.toml"))
    assert "…" in text
    assert "very-long/config.toml" in text


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (["enter"], "demo"),
        (["down", "enter"], "init"),
        (["j", "j", "enter"], None),
        (["up", "space"], None),
        (["tab", "shift+tab", "enter"], "demo"),
        (["T", "i"], "init"),
        (["d"], "demo"),
        (["q"], None),
        (["escape"], None),
    ],
)
async def test_keys_choose(keys: list[str], choice: str | None) -> None:
    app = FirstRunApp(PLACE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
    assert app.return_value == choice


@pytest.mark.parametrize(("words", "choice"), [("made-up helpdesk", "demo"), ("Write a conf", "init"), ("Leave", None)])
async def test_a_click_chooses(words: str, choice: str | None) -> None:
    app = FirstRunApp(PLACE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = ["".join(span.text for span in line) for line in app.query_one(Welcome).lines]
        (y,) = [y for y, line in enumerate(lines) if words in line]
        await pilot.click(Welcome, offset=(lines[y].index(words), y))
        await pilot.pause()
    assert app.return_value == choice


async def test_a_click_beside_chooses_nothing() -> None:
    app = FirstRunApp(PLACE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click(Welcome, offset=(0, 0))
        await pilot.press("i")
    assert app.return_value == "init"


def test_it_opens_where_there_is_nothing_yet_and_writes_a_configuration(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "TERM": "vt220", "COLORTERM": ""}
    with Terminal("funnel_tui", size=(100, 30), **environ) as terminal:
        terminal.shows("Look at the demo", "config.toml")
        terminal.press("i")
        assert terminal.end() == 0
        assert terminal.output.isascii()
    assert (tmp_path / "funnel-tui" / "config.toml").exists()
