"""What the line on top says: whose figures, which days, against what, how fresh, and whether anything is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from funnel_tui.charts.cells import Canvas, Line, Style, cell_width, style
from funnel_tui.model.values import Freshness, Report
from funnel_tui.tui.dates import day_words, period_words, short_age, unread_words, window_words
from funnel_tui.tui.state import Live, View
from funnel_tui.tui.text import steady

from .reading import filling, signals_of, unread

Part = tuple[str, Style]
LATE = 4
"""Polls that may be missed before the header stops saying that the figures are live."""
_UTC = ("Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "Etc/GMT", "GMT", "UCT", "Universal", "Zulu")
_PERIOD_WORDS = {
    "today": "Today",
    "week": "This week",
    "month": "This month",
    "quarter": "This quarter",
    "year": "This year",
}


@dataclass(frozen=True)
class HeaderData:
    title: str
    view: View
    report: Report | None
    freshness: tuple[Freshness, ...]
    live: Live
    now: int
    poll_seconds: int = 30
    crumbs: tuple[str, ...] = ()
    """Where we are, below the overview."""
    pending: bool = False
    """The report is not the one that was asked for last."""
    dated: bool = False
    """The figures are those of the period, which then stands beside the breadcrumb."""
    filters: str = ""
    """The filters in words; empty: none."""
    filter_key: str = ""
    """The keys that change them."""


def header_line(data: HeaderData, width: int) -> Line:
    """One line of exactly `width` cells. What does not fit goes in this order: zone, product, comparison, days."""
    right = state_parts(data)
    if data.live.read_only:
        right = [*right, ("  read-only", style("muted"))]
    alerts = _alerts(data)
    if alerts:
        right = [*right, ("  ", style()), alerts]
    right_width = sum(cell_width(text) for text, _ in right) + 1
    zone = zone_words(data.report.period.zone) if data.report else ""
    for drop in range(6):
        left = _left(data, drop)
        left_width = sum(cell_width(text) for text, _ in left)
        if left_width + right_width + 2 <= width:
            break
    canvas = Canvas(width, 1)
    x = 0
    for text, look in left:
        x = canvas.write(x, 0, text, look)
    start = max(x + 2, width - right_width)
    if zone and drop == 0 and x + 3 + cell_width(zone) + 3 <= start:
        canvas.write(start - cell_width(zone) - 3, 0, zone, style("muted"))
    for text, look in right:
        start = canvas.write(start, 0, text, look)
    return canvas.lines()[0]


def zone_words(zone: ZoneInfo) -> str:
    """The zone as people say it: `UTC` under all its names."""
    name = str(zone)
    return "UTC" if name in _UTC else name


def _left(data: HeaderData, drop: int) -> list[Part]:
    parts: list[Part] = [(" ", style())]
    if drop < 1:
        parts.append(("Funnel · ", style("muted")))
    parts.append((data.title, style("text", bold=True)))
    if data.crumbs:
        for crumb in data.crumbs if drop < 5 else data.crumbs[-1:]:
            parts += [(" › ", style("muted")), (crumb, style("text"))]
        if not data.dated or drop >= 4:
            return parts
        # Where we are goes before when: the comparison goes first, then the days, then the period.
        drop += drop > 0
    if data.report is None or data.pending:
        words = _PERIOD_WORDS.get(data.view.period, data.view.period)
        back = f", {data.view.earlier} back" if data.view.earlier else ""
        parts.append((f"   {words}{back} …", style("text", bold=True)))
        return parts
    name, days = period_words(data.report.period, data.view.earlier)
    parts.append((("   " if drop < 2 else "  ") + name, style("text", bold=True)))
    if drop < 4:
        parts.append((" " + days, style("text")))
    compared = _compared(data.report, data.freshness, drop)
    return [*parts, ("   " if drop < 2 else "  ", style()), compared] if compared else parts


def _compared(report: Report, freshness: Iterable[Freshness], drop: int) -> Part | None:
    """Against what; that there is nothing to compare with goes last, because nothing else on screen says it."""
    if report.comparison is None:
        return None
    still = filling(freshness)
    lacking = unread_words(report.comparison, report.period, report.known_from, filling=still)
    if lacking:
        return lacking[min(drop // 2, len(lacking) - 1)], style("muted" if still else "warn")
    return (window_words(report.comparison, report.period), style("muted")) if drop < 3 else None


def state_parts(data: HeaderData) -> list[Part]:
    """How fresh the figures are: live, paused, fetching, lagging, filling in history."""
    age = data_age(data)
    ago = short_age(age) if age is not None else None
    if data.view.at is not None:
        zone = data.report.period.zone if data.report else None
        moment = datetime.fromtimestamp(data.view.at, zone)
        wait = [("… ", style("muted"))] if data.pending else []
        return [*wait, (f" AS OF {moment:%a %-d %b %Y %H:%M} ", style("ground", "warn", bold=True))]
    reading = [f for f in data.freshness if f.progress is not None]
    if data.live.paused_since is not None:
        return [(f"‖ paused {short_age(data.now - data.live.paused_since)}", style("warn", bold=True))]
    if data.live.loading_since is not None and data.now - data.live.loading_since >= 1:
        last = f", last {ago} ago" if ago else ""
        return [(f"fetching{last}", style("muted"))]
    bad = [f for f in data.freshness if f.state in ("failed", "stale")]
    if bad:
        worst = min(bad, key=lambda f: f.last_success or 0)
        since = short_age(data.now - worst.last_success) + " old" if worst.last_success else "never read"
        return [(f"○ {worst.name} {since}", style("warn", bold=True))]
    if reading:
        first = min(reading, key=lambda f: f.progress or 0.0)
        back = ""
        if first.history_from is not None and data.report is not None:
            back = " back to " + day_words(first.history_from, data.report.period.zone, data.now)
        return [(f"● history{back}, {round((first.progress or 0) * 100)} %", style("warn"))]
    if ago is None:
        imported = not data.freshness and data.report is not None and not unread(data.report)
        return [("○ imported" if imported else "○ no data yet", style("muted"))]
    if not data.live.polling:
        return [(f"○ read {ago} ago", style("muted"))]
    if age is not None and age > max(120, LATE * data.poll_seconds):
        return [(f"○ {ago} old", style("warn", bold=True))]
    return [("● ", style("good")), (f"live {ago}", style("text"))]


def data_age(data: HeaderData) -> int | None:
    """Seconds since the source that lags most was read; None before the first time."""
    times = [f.last_success for f in data.freshness if f.last_success is not None]
    return max(0, data.now - min(times)) if times else None


def _alerts(data: HeaderData) -> Part | None:
    count = sum(signal.urgent for signal in signals_of(data.report))
    count += sum(source.state == "failed" for source in data.freshness)
    live = data.live
    count += sum(problem is not None for problem in (live.problem, live.poller_problem, live.config_problem))
    if not count:
        return None
    return (f"! {count} alert{'s' if count > 1 else ''}", style("bad", bold=True))


def filter_line(words: str, keys: str, width: int) -> Line:
    """The line below while filters are set: what they are, and which keys change them."""
    canvas = Canvas(width, 1)
    hint = cell_width(keys) + 1 if width >= 60 else 0
    canvas.write(1, 0, "only", style("warn", bold=True))
    canvas.write(6, 0, steady(words), style("text", bold=True), width=max(0, width - 8 - hint))
    if hint:
        canvas.write(width - hint, 0, keys, style("muted"))
    return canvas.lines()[0]
