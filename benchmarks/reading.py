"""Figures from a warm cache, in process: reports, drill-downs, one-line answers."""

from collections.abc import Iterator
from functools import partial
from itertools import count

from benchmarks.bench import Bench
from benchmarks.building import Built
from benchmarks.figures import Figure, Row, milliseconds
from benchmarks.setup import SETTINGS
from benchmarks.world import CHANNELS, DAY, HOUR, TEAMS, TOPICS
from funnel_tui.metrics import CATALOGUE, ReportRequest, build_report, conversations_behind, measure_only
from funnel_tui.store import Reader

PERIODS = {"a day": "today", "28 days": "last-28d", "a year": "last-365d"}
BUDGETS = {"a day": "<= 50", "28 days": "<= 50", "a year": "<= 250"}
FILTERS = {
    "": {},
    ", one team": {"team": (TEAMS[0],)},
    ", one channel": {"channel": (CHANNELS[0],)},
    ", one tag": {"tag": (TOPICS[0],)},
    ", one agent": {"agent": ("a1",)},
}
TRAVELS = {"an hour": HOUR, "28 days": 28 * DAY}
PAGE = 100
"""Rows of a drill-down that a screen asks for."""
_TIME = "human.first_response.median"
_LINES = {"one metric": ("queue.waiting",), "the queue": tuple(id for id in CATALOGUE if id.startswith("queue."))}

READ = (
    *(Row(f"report, {period}{filter}", "ms", budget) for filter in FILTERS for period, budget in BUDGETS.items()),
    Row("report, 28 days, by team", "ms"),
    *(Row(f"report, today, as of {ago} ago", "ms", "<= 50") for ago in TRAVELS),
    Row(f"drill-down, 28 days, first {PAGE}", "ms", "<= 50"),
    Row(f"drill-down, a year, first {PAGE}", "ms", "<= 250"),
    Row("drill-down, 28 days, all", "ms"),
    Row("drill-down, 28 days, all: rows", "rows"),
    *(Row(f"one-line answer, {asked}", "ms") for asked in _LINES),
)


def read(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        built = bench.cache(size)
        bench.say(f"reading {size:,} conversations")
        reader = Reader.open(built.path)
        yield from (Figure(row, samples, size) for row, samples in _read(bench, built, reader))
        reader.close()


def _read(bench: Bench, built: Built, reader: Reader) -> Iterator[tuple[str, tuple[float, ...]]]:
    now, runs = built.world.now, bench.runs
    timed = partial(milliseconds, patience=bench.patience)

    def report(**asked: object) -> tuple[float, ...]:
        request = ReportRequest(**asked)  # type: ignore[arg-type]
        return timed(lambda: build_report(reader, SETTINGS, request, now), runs)

    def travel(moments: Iterator[int]) -> None:
        build_report(reader, SETTINGS, ReportRequest(at=next(moments)), now)

    def drill(label: str, limit: int | None) -> int:
        request = ReportRequest(period=PERIODS[label], compare="none")
        return len(conversations_behind(reader, SETTINGS, request, _TIME, now, limit))

    for filter, filters in FILTERS.items():
        for label, period in PERIODS.items():
            yield f"report, {label}{filter}", report(period=period, filters=filters)
    yield "report, 28 days, by team", report(period="last-28d", by="team")
    for label, seconds in TRAVELS.items():
        # Another moment each time, as somebody who looks around asks.
        yield f"report, today, as of {label} ago", timed(partial(travel, count(now - seconds, -1)), min(runs, 3))
    for label in ("28 days", "a year"):
        yield f"drill-down, {label}, first {PAGE}", timed(partial(drill, label, PAGE), runs)
    yield "drill-down, 28 days, all", timed(partial(drill, "28 days", None), runs)
    yield "drill-down, 28 days, all: rows", (float(drill("28 days", None)),)
    for label, metrics in _LINES.items():
        answer = partial(measure_only, reader, SETTINGS, ReportRequest(compare="none"), metrics, now)
        yield f"one-line answer, {label}", timed(answer, runs)
