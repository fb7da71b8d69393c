"""The queue chart: hours of the wall clock, peaks that do not sink, and the usual beside them."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.charts.cells import MARKED, plain
from funnel_tui.charts.glyphs import GLYPHS, Glyphs
from funnel_tui.charts.queue import queue_chart, queue_hits
from funnel_tui.charts.scales import date_labels, hour_ticks, month_labels, nice_scale
from funnel_tui.model.values import QueuePoint, Unit

DUBLIN = ZoneInfo("Europe/Dublin")
KOLKATA = ZoneInfo("Asia/Kolkata")


def at(text: str, zone: ZoneInfo = DUBLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def day(end: int, waiting: int = 4, usual: float | None = 4.0) -> list[QueuePoint]:
    return [QueuePoint(end - 300 * back, waiting, usual) for back in range(287, -1, -1)]


@pytest.mark.parametrize(
    ("end", "zone", "hours"),
    [
        ("2026-11-22T14:35", DUBLIN, "15:00 18:00 21:00 00:00 03:00 06:00 09:00 12:00"),
        (
            "2026-10-25T14:35",
            DUBLIN,
            "18:00 21:00 00:00 03:00 06:00 09:00 12:00",
        ),  # 25 hours since 14:35 the day before
        ("2026-03-29T14:35", DUBLIN, "15:00 18:00 21:00 00:00 03:00 06:00 09:00 12:00"),  # 23 hours
        ("2026-11-22T14:35", KOLKATA, "15:00 18:00 21:00 00:00 03:00 06:00 09:00 12:00"),
    ],
)
def test_hours_are_those_of_the_wall_clock(end: str, zone: ZoneInfo, hours: str) -> None:
    moment = at(end, zone)
    ticks = hour_ticks(moment - 86_400, moment, zone, 3)
    assert " ".join(tick.label for tick in ticks) == hours
    for tick in ticks:
        assert datetime.fromtimestamp(tick.at, zone).strftime("%H:%M") == tick.label


def test_an_hour_that_occurs_twice_is_marked_once() -> None:
    moment = at("2026-10-25T14:35")
    assert [tick.label for tick in hour_ticks(moment - 86_400, moment, DUBLIN, 1)].count("01:00") == 1


def test_the_value_now_stands_beside_the_line() -> None:
    points = day(at("2026-11-22T14:35"))
    points[-1] = QueuePoint(points[-1].at, 9, 4.0)
    assert "9 now" in plain(queue_chart(points, 60, 8, DUBLIN))


def test_above_the_usual_is_bright_and_within_it_pale() -> None:
    end = at("2026-11-22T14:35")
    busy = queue_chart(day(end, 8, 4.0), 60, 9, DUBLIN)
    backgrounds = {span.style.bg for line in busy for span in line}
    assert {"human", "human-soft"} <= backgrounds
    calm = queue_chart(day(end, 4, 8.0), 60, 9, DUBLIN)
    backgrounds = {span.style.bg for line in calm for span in line}
    assert {"track", "human-soft"} <= backgrounds
    assert "human" not in backgrounds


def test_without_colour_the_three_differ_by_fill() -> None:
    end = at("2026-11-22T14:35")
    points = day(end, 8, 4.0)[:144] + day(end, 4, 8.0)[144:]
    assert {"█", "▓", "░"} <= set(plain(queue_chart(points, 60, 9, DUBLIN, mono=True)))
    assert {"#", "=", "."} <= set(plain(queue_chart(points, 60, 9, DUBLIN, ascii=True)))


@pytest.mark.parametrize("glyphs", GLYPHS)
def test_without_colour_the_three_differ_in_every_glyph(glyphs: Glyphs) -> None:
    end = at("2026-11-22T14:35")
    points = day(end, 8, 4.0)[:144] + day(end, 4, 8.0)[144:]
    fills = {"block": "█▓░", "braille": "⣿⢕⠡", "ascii": "#=."}[glyphs]
    assert set(fills) <= set(plain(queue_chart(points, 60, 9, DUBLIN, glyphs=glyphs, mono=True)))


def test_the_marked_moment_says_its_time_and_value() -> None:
    end = at("2026-11-22T14:35")
    points = [QueuePoint(end - 300 * back, 20 if back == 100 else 3, 4.0) for back in range(287, -1, -1)]
    hits = queue_hits(points, 318, 9)
    moment = end - 300 * 100
    key = next(key for key in hits.keys if key >= moment)
    lines = queue_chart(points, 318, 9, DUBLIN, marked=key)
    assert [span.text.strip() for line in lines for span in line if span.style == MARKED][-1] == "06:17 · 20"
    assert hits.keys[-1] == end
    assert len(hits.keys) == len(set(hits.keys))


def test_hours_without_samples_stay_empty() -> None:
    points = day(at("2026-11-22T14:35"), 5, None)
    points = points[:72] + points[216:]
    rows = plain(queue_chart(points, 58, 6, DUBLIN)).split("\n")
    gap = max(rows[4].strip(" 0").split("█"), key=len)
    assert 23 <= len(gap) <= 26, rows


def test_a_peak_that_was_seen_does_not_sink_when_columns_hold_more_time() -> None:
    points = day(at("2026-11-22T14:35"), 0, None)
    points[100] = QueuePoint(points[100].at, 40, None)
    for width in (318, 58, 30):
        rows = plain(queue_chart(points, width, 9, DUBLIN)).split("\n")
        assert "█" in rows[0], width


def test_the_past_stays_as_it_was_drawn_while_time_goes_on() -> None:
    """The same samples seen minutes later: every column but the newest holds the same samples and says the same."""
    dice = random.Random(4)
    begun = at("2026-11-22T14:35")
    samples = [QueuePoint(moment, dice.randrange(9), None) for moment in range(begun - 86_400, begun + 7_201, 300)]
    for width in (58, 97, 160):
        before: dict[int, set[str]] = {}
        for later in range(0, 7_200, 300):
            now = begun + later
            shown = [point for point in samples if now - 86_400 <= point.at <= now]
            lines = plain(queue_chart(shown, width, 12, DUBLIN)).split("\n")[:-1]
            for hit in queue_hits(shown, width, 12).keys[1:-1]:
                area = queue_hits(shown, width, 12).area(hit)
                assert area is not None
                column = "".join(line.ljust(width)[area.x] for line in lines)
                before.setdefault(hit, set()).add(column.replace("▁", " "))
        assert max(len(looks) for looks in before.values()) == 1, width


@pytest.mark.parametrize(
    ("maximum", "rows", "unit", "top", "step"),
    [
        (9, 10, Unit.COUNT, 10, 2),
        (5290, 6, Unit.COUNT, 6000, 2000),
        (0, 8, Unit.COUNT, 2, 1),
        (0.93, 10, Unit.RATIO, 1.0, 0.2),
        (250, 9, Unit.SECONDS, 270, 60),
        (40_000, 8, Unit.SECONDS, 43_200, 10_800),
    ],
)
def test_axes_have_round_steps(maximum: float, rows: int, unit: Unit, top: float, step: float) -> None:
    scale = nice_scale(maximum, rows, unit)
    assert (scale.top, scale.step) == pytest.approx((top, step))
    assert scale.top >= maximum


def test_date_labels_name_a_new_year() -> None:
    starts = [int(datetime(2026, 12, 31, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())]
    assert date_labels(starts, DUBLIN) == ("31 Dec", "1 Jan 27")
    months = [at("2026-11-01T00:00"), at("2026-12-01T00:00"), at("2027-01-01T00:00")]
    assert month_labels(months, DUBLIN) == ("Nov", "Dec", "Jan 27")
