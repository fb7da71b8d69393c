"""Panes of the larger screens: rows and columns without gaps, a place shared by tabs, all by tabs where it is small."""

import pytest
from textual.geometry import Size

from funnel_tui.tui.grid import Grid, Shape, columns, pane, rows, tabbed
from funnel_tui.tui.layout import Plan
from funnel_tui.tui.widgets.panes import PlanLayout

GRID = Grid(
    ("numbers", "queue", "times", "heat", "ratings"),
    (
        Shape(160, 44, rows(pane("numbers", fixed=9), columns(*(pane(name) for name in ("queue", "times", "heat"))))),
        Shape(
            100,
            30,
            rows(
                pane("numbers", fixed=9), columns(pane("queue", share=3), tabbed("times", "heat", "ratings", share=2))
            ),
        ),
    ),
    head="numbers",
    head_height=4,
)


def covered(plan: Plan, width: int, height: int) -> bool:
    cells = [[0] * width for _ in range(height)]
    for region in plan.slots.values():
        for y in range(region.y, region.bottom):
            for x in range(region.x, region.right):
                cells[y][x] += 1
    return all(count == 1 for row in cells for count in row)


@pytest.mark.parametrize("active", [None, "numbers", "heat", "ratings"])
def test_the_panes_fill_every_size(active: str | None) -> None:
    for width in range(60, 241, 9):
        for height in range(14, 70, 3):
            assert covered(GRID.plan(width, height, active), width, height), (width, height)


def test_one_place_shows_the_pane_with_the_cursor_under_a_line_of_tabs() -> None:
    plan = GRID.plan(120, 38, "heat")
    assert plan.boxed
    assert plan.tabs == ("times", "heat", "ratings")
    assert set(plan.slots) == {"numbers", "queue", "tabs", "heat"}
    tabs, heat = plan.slots["tabs"], plan.slots["heat"]
    assert (tabs.x, tabs.width, tabs.height) == (72, 48, 1)
    assert (heat.x, heat.y, heat.width, heat.height) == (72, tabs.bottom, 48, 28)


def test_without_the_cursor_the_first_of_the_tabs_is_shown() -> None:
    assert "times" in GRID.plan(120, 38, "queue").slots
    assert GRID.plan(200, 58, "queue").tabs == ()


def test_small_screens_keep_the_head_and_give_the_others_tabs() -> None:
    plan = GRID.plan(80, 22, "ratings")
    assert set(plan.slots) == {"numbers", "tabs", "ratings"}
    assert plan.tabs == ("queue", "times", "heat", "ratings")
    low = GRID.plan(80, 11, "numbers")
    assert set(low.slots) == {"tabs", "numbers"}
    assert low.tabs == GRID.panes


def test_a_chosen_tab_stays_while_the_cursor_is_elsewhere() -> None:
    layout = PlanLayout(GRID.plan)
    layout.tab = "heat"
    for active in ("queue", "numbers"):
        layout.active = active
        assert "heat" in layout.made(Size(120, 40)).slots
    layout.active = "ratings"
    assert "ratings" in layout.made(Size(120, 40)).slots
