"""Colours at every depth, and repainting only what changed."""

import io
import random

import pyte
import pytest
from rich.console import Console

from funnel_tui import themes
from funnel_tui.charts.cells import ROLES, Line, Span, Style, cell_width, style
from funnel_tui.tui.theme import Ink
from funnel_tui.tui.widgets.frame import frame, inner_size
from funnel_tui.tui.widgets.lines import changed_cells

from .conftest import opened
from .fake_app import make_app

DEPTHS = ("truecolor", "256", "16", "none")


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("theme", themes.every(), ids=lambda theme: theme.name)
def test_every_role_has_a_look(depth: str, theme: themes.Theme) -> None:
    painted = Ink(depth, theme)
    for fg in (None, *ROLES):
        for bg in (None, *ROLES, "cursor"):
            painted.style(Style(fg, bg, bold=True))
    assert painted.theme().name == painted.theme_name


def test_without_colour_there_is_none() -> None:
    painted = Ink("none", themes.shipped("dark"))
    for role in ROLES:
        for bg in (None, "cursor", *ROLES):
            look = painted.style(Style(role, bg))
            assert look.color is None or look.color.is_default
            assert look.bgcolor is None or look.bgcolor.is_default
    assert painted.style(Style("text", "cursor")).reverse
    assert painted.style(Style("bad")).bold
    assert painted.style(Style("muted")).dim


def test_sixteen_colours_stay_on_the_terminals_own_ground() -> None:
    painted = Ink("16", themes.shipped("dark"))
    for role in ROLES:
        look = painted.style(Style(role))
        assert look.bgcolor is None
        assert look.color is not None
        assert look.color.is_default or look.color.number is not None


def some_line(dice: random.Random, width: int) -> Line:
    spans: list[Span] = []
    left = width
    while left:
        text = dice.choice(("abc", "請", "é", "e\u0301", "▌", " ", "12,480"))
        if cell_width(text) <= left:
            spans.append(Span(text, style(dice.choice(("text", "human", None)))))
            left -= cell_width(text)
    return tuple(spans)


def cells_of(line: Line) -> list[tuple[str, Style]]:
    from funnel_tui.tui.widgets.lines import _cells

    return _cells(line)


def test_the_changed_stretches_hold_every_change_and_no_half_character() -> None:
    dice = random.Random(5)
    for _ in range(400):
        old, new = some_line(dice, 40), some_line(dice, 40)
        before, after = cells_of(old), cells_of(new)
        covered = [False] * 40
        for start, end in changed_cells(old, new):
            assert 0 <= start < end <= 40
            assert after[start][0]
            assert before[start][0]
            assert end == 40 or (after[end][0] and before[end][0])
            covered[start:end] = [True] * (end - start)
        assert all(covered[x] or before[x] == after[x] for x in range(40))


def test_equal_lines_have_no_changes() -> None:
    line = some_line(random.Random(1), 30)
    assert list(changed_cells(line, line)) == []


def test_a_frame_is_as_large_as_asked() -> None:
    for boxed in (True, False):
        for width, height in ((3, 1), (20, 3), (80, 24)):
            inner = inner_size(width, height, boxed=boxed)
            body = [(Span("x" * inner[0], style()),)] * (inner[1] + 2)
            lines = frame("TITLE\x1b[2J", body, width, height, boxed=boxed, marked=0, note="a long note of many words")
            if inner[0] > 0:
                assert len(lines) == height
                assert all(sum(cell_width(span.text) for span in line) == width for line in lines)


async def test_tight_updates_paint_what_a_full_repaint_paints() -> None:
    """Feed everything that would go to the terminal to an emulator, and compare it with the screen as a whole."""
    app = make_app()
    terminal = pyte.Screen(120, 40)
    stream = pyte.Stream(terminal)
    console = Console(file=io.StringIO(), color_system="truecolor", force_terminal=True)
    async with opened(app) as pilot:
        stream.feed(app.screen._compositor.render_full_update().render_segments(console))
        original = app._display

        def display(screen: object, update: object) -> None:
            from funnel_tui.tui.thrift import tightened

            if update is not None:
                tight = tightened(update)
                stream.feed(tight.render_segments(console))  # type: ignore[attr-defined]
            original(screen, update)  # type: ignore[arg-type]

        app._display = display  # type: ignore[assignment,method-assign]
        await pilot.press("down", "tab", "c", "left", "5", "z", "down", "z", "d", "escape", "3", "T")
        await pilot.pause()
        fresh = pyte.Screen(120, 40)
        pyte.Stream(fresh).feed(app.screen._compositor.render_full_update().render_segments(console))
        assert terminal.display == fresh.display
        assert terminal.buffer == fresh.buffer
