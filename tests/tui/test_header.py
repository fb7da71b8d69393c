"""The header and the footer: what they say, and what they leave out first where there is little room."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.charts.cells import line_width
from funnel_tui.model.values import Freshness, Period
from funnel_tui.tui.dates import moment_words, period_words, short_age, span_words
from funnel_tui.tui.state import Live, View
from funnel_tui.tui.widgets.footer import footer_line
from funnel_tui.tui.widgets.header_lines import HeaderData, header_line, zone_words

from .fake_report import DAY, NOW, ZONE, make_freshness, make_report

DATA = HeaderData("acme", View("month"), make_report(), make_freshness(NOW), Live(), NOW)


def said(data: HeaderData, width: int = 120) -> str:
    line = header_line(data, width)
    assert line_width(line) == width
    return "".join(span.text for span in line)


@pytest.mark.parametrize("width", range(20, 240, 3))
def test_it_is_one_line_at_any_width(width: int) -> None:
    for data in (
        DATA,
        replace(DATA, report=None),
        replace(DATA, crumbs=("Human", "First response", "c17"), dated=width % 2 == 0),
    ):
        said(data, width)


def test_what_goes_first() -> None:
    assert "Funnel · acme   Month to date 1–22 Nov   vs 2–23 Oct" in said(DATA)
    assert "Europe/Dublin" in said(DATA)
    assert "Europe" not in said(DATA, 84)
    assert "Funnel" not in said(DATA, 76)
    assert "vs" not in said(DATA, 60)
    for width in (60, 76, 84, 120):
        assert "live 24s" in said(DATA, width)
        assert "! 1 alert" in said(DATA, width)


def test_the_period_stands_beside_the_breadcrumb_where_the_figures_are_its_own() -> None:
    board = replace(DATA, crumbs=("Human",), dated=True)
    assert "acme › Human   Month to date 1–22 Nov   vs 2–23 Oct" in said(board)
    assert "› Human  Month to date 1–22 Nov  vs" in said(board, 80)
    assert "Month" not in said(replace(board, dated=False))


def test_that_there_is_nothing_to_compare_with_goes_last() -> None:
    """`vs ...` would promise changes that no number shows."""
    report = DATA.report
    assert report is not None
    assert report.comparison is not None
    none = replace(DATA, report=replace(report, known_from=report.comparison.end))
    assert "Month to date 1–22 Nov   nothing read of 2–23 Oct to compare with" in said(none, 130)
    assert "2–23 Oct not read" in said(none, 90)
    assert "nothing to compare" in said(none, 66)
    assert "2–23 Oct not read" in said(replace(none, crumbs=("Human",), dated=True), 80)
    some = replace(DATA, report=replace(report, known_from=report.comparison.end - 3 * DAY))
    assert "2–23 Oct read from 20 Oct on only: not compared" in said(some, 130)
    reading = tuple(replace(one, progress=0.4) for one in DATA.freshness)
    assert "2–23 Oct not read yet to compare with" in said(replace(none, freshness=reading), 130)
    for known_from in (None, report.comparison.start, report.comparison.start + DAY - 1):
        assert "vs 2–23 Oct" in said(replace(DATA, report=replace(report, known_from=known_from)))


def test_states_in_the_order_of_their_weight() -> None:
    paused = replace(DATA, live=Live(paused_since=NOW - 90))
    assert "‖ paused 1m" in said(paused)
    failed = replace(DATA, freshness=(Freshness("acme", "intercom", None, "failed"), *DATA.freshness[1:]))
    assert "○ acme never read" in said(failed)
    assert "fetching, last 24s ago" in said(replace(DATA, live=Live(loading_since=NOW - 2)))
    assert "live" in said(replace(DATA, live=Live(loading_since=NOW)))
    assert "○ read 24s ago" in said(replace(DATA, live=Live(polling=False)))


def local(year: int, month: int, day: int, hour: int = 0, zone: ZoneInfo = ZONE) -> int:
    return int(datetime(year, month, day, hour, tzinfo=zone).timestamp())


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2026, 11, 22), (2026, 11, 23), "Sun 22 Nov"),
        ((2026, 11, 16), (2026, 11, 23), "16–22 Nov"),
        ((2026, 10, 28), (2026, 11, 4), "28 Oct–3 Nov"),
        ((2025, 11, 1), (2025, 12, 1), "1–30 Nov 2025"),
        ((2025, 12, 30), (2026, 1, 3), "30 Dec 2025–2 Jan"),
    ],
)
def test_days_as_people_write_them(start: tuple[int, int, int], end: tuple[int, int, int], words: str) -> None:
    assert span_words(local(*start), local(*end), ZONE, NOW) == words


def test_periods_say_whether_they_still_run() -> None:
    month = Period("month", local(2026, 11, 1), local(2026, 12, 1), NOW, ZONE)
    assert period_words(month) == ("Month to date", "1–22 Nov")
    done = Period("month", local(2026, 10, 1), local(2026, 11, 1), NOW, ZONE)
    assert period_words(done, 1) == ("Month", "1–31 Oct")
    last = Period("last-28d", local(2026, 10, 25), local(2026, 11, 22), NOW, ZONE)
    assert period_words(last) == ("Last 28 days", "25 Oct–21 Nov")
    dates = Period("2026-11-01..2026-11-15", local(2026, 11, 1), local(2026, 11, 16), NOW, ZONE)
    assert period_words(dates) == ("Dates", "1–15 Nov")


def test_days_belong_to_the_zone() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    assert span_words(local(2026, 11, 1, zone=kolkata), local(2026, 11, 2, zone=kolkata), kolkata, NOW) == "Sun 1 Nov"


def test_moments_are_as_short_as_they_can_be() -> None:
    assert moment_words(NOW - 3_600, ZONE, NOW) == "15:00"
    assert moment_words(NOW - 2 * DAY, ZONE, NOW) == "Fri 16:00"
    assert moment_words(NOW - 20 * DAY, ZONE, NOW) == "2 Nov 16:00"
    assert moment_words(NOW - 400 * DAY, ZONE, NOW) == "18 Oct 2025"


@pytest.mark.parametrize(("seconds", "words"), [(-5, "0s"), (59, "59s"), (60, "1m"), (7_199, "1h"), (180_000, "2d")])
def test_ages_have_one_unit(seconds: int, words: str) -> None:
    assert short_age(seconds) == words


def test_the_footer_keeps_help_and_quit() -> None:
    hints = [(str(n), "something", f"do({n})") for n in range(20)] + [("?", "help", "help"), ("q", "quit", "quit")]
    for width in (30, 60, 80, 200):
        line, places = footer_line(hints, width)
        assert line_width(line) == width
        assert [action for _, _, action in places[-2:]] == ["help", "quit"]
        assert all(end <= width for _, end, _ in places)
    line, places = footer_line(hints, 60, "Copied \x1b[2J")
    assert "Copied ·[2J" in "".join(span.text for span in line)
    assert places == ()


def test_the_zone_is_called_what_people_call_it() -> None:
    assert zone_words(ZoneInfo("Etc/UTC")) == "UTC"
    assert zone_words(ZoneInfo("Europe/Dublin")) == "Europe/Dublin"
