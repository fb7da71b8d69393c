"""The plan of the panes: no gaps, no overlaps, at any size."""

import pytest
from textual.geometry import Size

from funnel_tui.tui.layout import MIN_HEIGHT, MIN_WIDTH, NUMBER_PANES, Plan, neighbour, overview, whole
from funnel_tui.tui.slots import Slot
from funnel_tui.tui.widgets.frame import inner_size


def plan(width: int, height: int, zoomed: str | None = None) -> Plan:
    return whole(overview, Size(width, height), None, zoomed)


SIZES = [
    (width, height) for width in range(MIN_WIDTH, 246, 7) for height in (*range(MIN_HEIGHT, 72, 3), 24, 40, 46, 60)
]


def test_panes_fill_the_screen_without_overlap() -> None:
    for width, height in SIZES:
        cells = [[0] * width for _ in range(height)]
        for region in plan(width, height).slots.values():
            for y in range(region.y, region.bottom):
                for x in range(region.x, region.right):
                    cells[y][x] += 1
        assert all(count == 1 for row in cells for count in row), (width, height)


def test_every_pane_has_room_for_something() -> None:
    for width, height in SIZES:
        layout = plan(width, height)
        for name, region in layout.slots.items():
            if name in ("header", "footer"):
                assert region.height == 1
            else:
                inner = inner_size(region.width, region.height, boxed=layout.boxed)
                assert inner[0] >= 26, (width, height, name)
                assert inner[1] >= 2, (width, height, name)


def test_the_three_layers_the_queue_and_what_needs_attention_are_always_there() -> None:
    for width, height in SIZES:
        assert {*NUMBER_PANES, "queue", "attention"} <= set(plan(width, height).slots), (width, height)


def test_at_80x24_the_human_pane_comes_first_and_whole() -> None:
    slots = plan(80, 24).slots
    assert slots["human"] == Slot(0, 1, 80, 6)
    assert slots["proactive"].height == slots["selfserve"].height == 4
    assert "funnel" not in slots


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
def test_larger_screens_show_everything(size: tuple[int, int]) -> None:
    assert {"funnel", "months", "queue", "attention"} <= set(plan(*size).slots)


def test_below_the_least_size_there_is_one_pane() -> None:
    for size in ((MIN_WIDTH - 1, 40), (120, MIN_HEIGHT - 1), (1, 1)):
        assert plan(*size).too_small
        assert list(plan(*size).slots) == ["too_small"]


def test_a_zoomed_pane_has_the_whole_screen() -> None:
    assert plan(120, 40, "queue").slots["queue"] == Slot(0, 1, 120, 38)


def test_neighbours_lead_there_and_back() -> None:
    for size in ((80, 24), (120, 40), (200, 60)):
        slots = plan(*size).slots
        for name in slots:
            if name in ("header", "footer"):
                continue
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                other = neighbour(slots, name, dx, dy)
                assert other is None or neighbour(slots, other, -dx, -dy) is not None
    assert neighbour(plan(120, 40).slots, "proactive", 1, 0) == "selfserve"
    assert neighbour(plan(120, 40).slots, "human", 1, 0) is None
    assert neighbour(plan(80, 24).slots, "human", 0, 1) in ("proactive", "selfserve")
