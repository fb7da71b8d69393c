"""Figures from a warm cache, in process: reports, drill-downs, one-line answers, and a poll's worth of changes."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from time import perf_counter

import msgspec

from benchmarks.bench import NAME, Bench, Built
from benchmarks.figures import Figure, Row, milliseconds
from benchmarks.world import DAY, HOUR, TEAMS, World
from funnel_tui.metrics import CATALOGUE, ReportRequest, build_report, conversations_behind, measure_only
from funnel_tui.model.records import Event, Kind, Record
from funnel_tui.store import Reader, Store

CHANGED = 100
PERIODS = {"a day": "today", "28 days": "last-28d", "a year": "last-365d"}
BUDGETS = {"a day": "", "28 days": "<= 50", "a year": "<= 250"}
TRAVELS = {"an hour": HOUR, "28 days": 28 * DAY}
_TIME = "human.first_response.median"
_LINES = {"one metric": ("queue.waiting",), "the queue": tuple(id for id in CATALOGUE if id.startswith("queue."))}

READ = (
    *(Row(f"report, {period}", "ms", budget) for period, budget in BUDGETS.items()),
    *(Row(f"report, {period}, one team", "ms", budget) for period, budget in BUDGETS.items()),
    Row("report, 28 days, by team", "ms"),
    *(Row(f"report, today, as of {ago} ago", "ms", "<= 50") for ago in TRAVELS),
    Row("drill-down, 28 days", "ms", "<= 50"),
    Row("drill-down, a year", "ms", "<= 250"),
    Row("drill-down, a year, rows", "rows"),
    *(Row(f"one-line answer, {asked}", "ms") for asked in _LINES),
)
POLL = (
    Row(f"poll with {CHANGED} changed", "ms", "the same at every size"),
    Row("rows changed by it", "rows", "the same at every size"),
    Row(f"poll with {CHANGED} unchanged", "ms", "the same at every size", f"poll with {CHANGED} changed"),
    Row("report of today after it", "ms"),
)


def read(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        path = bench.cache(size).path
        bench.say(f"reading {size:,} conversations")
        reader = Reader.open(path)
        yield from (Figure(row, samples, size) for row, samples in _read(bench, reader))
        reader.close()


def _read(bench: Bench, reader: Reader) -> Iterator[tuple[str, tuple[float, ...]]]:
    settings, now, runs = bench.settings, bench.now, bench.runs

    def report(**asked: object) -> tuple[float, ...]:
        request = ReportRequest(**asked)  # type: ignore[arg-type]
        return milliseconds(lambda: build_report(reader, settings, request, now), runs)

    def travel(moments: Iterator[int]) -> None:
        build_report(reader, settings, ReportRequest(at=next(moments)), now)

    for label, period in PERIODS.items():
        yield f"report, {label}", report(period=period)
        yield f"report, {label}, one team", report(period=period, filters={"team": (TEAMS[0],)})
    yield "report, 28 days, by team", report(period="last-28d", by="team")
    for label, seconds in TRAVELS.items():
        # Another moment each time, as somebody who looks around asks.
        yield f"report, today, as of {label} ago", milliseconds(partial(travel, count(now - seconds, -1)), min(runs, 3))
    for label in ("28 days", "a year"):
        request = ReportRequest(period=PERIODS[label], compare="none")
        drill = partial(conversations_behind, reader, settings, request, _TIME, now)
        yield f"drill-down, {label}", milliseconds(drill, runs)
        if label == "a year":
            yield "drill-down, a year, rows", (float(len(drill())),)
    for label, metrics in _LINES.items():
        answer = partial(measure_only, reader, settings, ReportRequest(compare="none"), metrics, now)
        yield f"one-line answer, {label}", milliseconds(answer, runs)


def poll(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        built = bench.cache(size)
        bench.say(f"polling {size:,} conversations")
        yield from _poll(bench, built)


def _poll(bench: Bench, built: Built) -> Iterator[Figure]:
    store, reader = Store.open(built.path), Reader.open(built.path)
    spent: list[float] = []
    rows: list[float] = []
    same: list[float] = []
    after: list[float] = []
    for turn in range(bench.runs):
        page = _news(built.world, turn)
        start = perf_counter()
        rows.append(float(store.write(NAME, page)))
        spent.append((perf_counter() - start) * 1000)
        same.extend(milliseconds(partial(store.write, NAME, page), 1, warm=False))
        report = partial(build_report, reader, bench.settings, ReportRequest(), bench.now)
        after.extend(milliseconds(report, 1, warm=False))
    reader.close()
    store.close()
    for row, samples in zip(POLL, (spent, rows, same, after), strict=True):
        yield Figure(row.name, tuple(samples), built.world.size)


def _news(world: World, turn: int) -> list[Record]:
    """The latest conversations, each with a reply more than before: what a poll finds."""
    page: list[Record] = []
    for number in range(min(CHANGED, world.size)):
        thread = world.thread(number)
        id = thread.conversation.id
        more = tuple(
            Event(conversation=id, at=world.now, kind=Kind.AGENT_REPLY, actor="a1", source_id=f"new{extra}")
            for extra in range(turn + 1)
        )
        page.append(msgspec.structs.replace(thread, events=thread.events + more))
    return page
