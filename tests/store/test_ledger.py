"""The ledger: sums by local day that always equal what the facts say, however they came about."""

import random
import sqlite3
from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import ReportRequest, build_report
from funnel_tui.model.records import ArticleView, Conversation, Event, Kind, Outbound, Record
from funnel_tui.settings import OfficeHours, Settings
from funnel_tui.store import Reader, Store, ledger
from funnel_tui.store.days import Calendar, code
from funnel_tui.store.pages import pack_cells, pack_month, unpack_cells, unpack_month, within
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.scope import Scope

T = 1_772_000_000
HOUR, DAY = 3600, 86_400
DUBLIN = ZoneInfo("Europe/Dublin")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cache.db"


# ---- days


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"]
)
def test_whole_days_and_edges_cover_a_window_once(zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone))
    chance = random.Random(zone)
    for _ in range(200):
        start = chance.randrange(1_300_000_000, 1_800_000_000)
        end = start + chance.choice([0, 1, HOUR, DAY, 3 * DAY, 40 * DAY]) + chance.randrange(2) * chance.randrange(DAY)
        cut = calendar.cut(start, end)
        covered = sum(b - a for a, b in cut.edges)
        if cut.whole:
            first, last = calendar.start(cut.first), calendar.start(cut.last)
            inner = [edge for edge in cut.edges if edge[1] <= first or edge[0] > last]
            assert list(cut.edges) == inner
            after = next(at for at in range(last + 22 * HOUR, last + 27 * HOUR, 900) if calendar.day(at) != cut.last)
            covered += after - first
        assert covered == end - start


def test_a_day_of_a_clock_change_is_one_day() -> None:
    calendar = Calendar(DUBLIN)
    spring = int(datetime(2026, 3, 29, tzinfo=DUBLIN).timestamp())
    assert calendar.day(spring) == calendar.day(spring + 23 * HOUR - 1) == code(date(2026, 3, 29))
    assert calendar.day(spring + 23 * HOUR) == code(date(2026, 3, 30))
    autumn = int(datetime(2026, 10, 25, tzinfo=DUBLIN).timestamp())
    assert calendar.day(autumn + 25 * HOUR - 1) == code(date(2026, 10, 25))
    assert calendar.day(autumn + 25 * HOUR) == code(date(2026, 10, 26))


def test_moments_centuries_away_have_days_too() -> None:
    calendar = Calendar(ZoneInfo("UTC"))
    assert calendar.day(0) == code(date(1970, 1, 1))
    assert calendar.day(200 * 365 * DAY) == code(date(1970, 1, 1) + timedelta(days=200 * 365))


# ---- how it lies in the cache


def test_cells_come_back_as_they_were() -> None:
    for cells in ({}, {5: 1}, {2047: 127, 5: -3}, {1: 128}, {1: -129, 9: 70_000}, {3: 1 << 40}):
        numbers, amounts = unpack_cells(pack_cells(cells))
        assert dict(zip(numbers, amounts, strict=True)) == cells
        assert list(numbers) == sorted(cells)
    assert pack_cells({7: 0}) == b""


def test_a_months_run_is_cut_by_days() -> None:
    month = code(date(2026, 2, 1)) & ~31
    pairs = sorted(day << 32 | value for day, value in [(1, 9), (3, 5), (3, 2), (28, 4_000_000_000)])
    body = pack_month(pairs)
    assert unpack_month(body) == pairs
    assert list(within(month, body, month | 2, month | 28)) == [2, 5, 4_000_000_000]
    assert list(within(month, body, month | 1, month | 1)) == [9]
    assert list(within(month, body, month - 40, month + 70)) == [2, 5, 9, 4_000_000_000]


@pytest.mark.parametrize("seed", range(30))
def test_pooled_runs_are_their_values_sorted(seed: int) -> None:
    chance = random.Random(seed)
    largest = chance.choice([3, 50, 1 << 31])
    runs = [
        sorted(chance.randrange(largest) for _ in range(chance.randrange(9))) for _ in range(chance.randrange(1, 7))
    ]
    everything = [value for run in runs for value in run]
    gone = chance.sample(everything, chance.randrange(len(everything) + 1) // 2)
    kept = sorted(everything)
    for value in gone:
        kept.remove(value)
    pooled = Pooled(runs, gone)
    assert list(pooled) == kept
    for value in (0, 1, 2, largest // 2, largest):
        assert pooled.at_most(value) == bisect_right(kept, value)
        assert pooled.below(value) == bisect_right(kept, value - 1)


# ---- kept with the facts


def talk(id: str, at: int, *kinds: Kind, **more: object) -> list[Record]:
    events = [Event(conversation=id, at=at + 60 * i, kind=kind, actor="bot") for i, kind in enumerate(kinds)]
    return [Conversation(id=id, person=f"p-{id[-1]}", **more), *events]  # type: ignore[arg-type]


def page(seed: int, known: int = 40) -> list[Record]:
    """Conversations, views and messages that overlap with those of other pages."""
    chance = random.Random(seed)
    kinds = [Kind.CUSTOMER_MESSAGE, Kind.BOT_ANSWER, Kind.BOT_HANDOFF, Kind.AGENT_REPLY, Kind.CLOSED, Kind.REOPENED]
    found: list[Record] = []
    for _ in range(12):
        number = chance.randrange(known)
        begun = T + chance.randrange(40 * DAY)
        script = [Kind.CUSTOMER_MESSAGE, *chance.choices(kinds, k=chance.randrange(6))]
        found += talk(f"c{number}", begun, *script, team=chance.choice(["a", "b", None]), channel="chat")
        found.append(ArticleView(article="h", at=begun - chance.randrange(2 * DAY), person=f"p-{number % 10}"))
        opened = begun + chance.randrange(DAY) if chance.random() < 0.5 else None
        found.append(Outbound(id=f"m{number}", delivered_at=begun, opened_at=opened, channel="email"))
    return found


def figures(reader: Reader, now: int, **asked: object) -> dict[str, object]:
    report = build_report(reader, Settings(zone=DUBLIN), ReportRequest(**asked), now)  # type: ignore[arg-type]
    return {
        "metrics": {id: (m.value, m.n, m.previous, m.pending) for id, m in report.metrics.items()},
        "funnel": report.funnel,
        "monthly": report.monthly,
        "daily": report.daily,
        "queue": report.queue_history,
    }


QUESTIONS: tuple[dict[str, object], ...] = (
    {"period": "month"},
    {"period": "last-28d", "compare": "year"},
    {"period": "last-7d", "filters": {"team": ("a",)}},
    {"period": "last-28d", "filters": {"agent": ("none",)}},
    {"period": "week", "filters": {"source": ("acme",)}},
)


@pytest.mark.parametrize("full", [1, 40, 8000])
def test_figures_by_the_ledger_are_those_of_the_facts(path: Path, full: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "FULL", full)
    monkeypatch.setattr(ledger, "TIDY", full)
    now = [T + 10 * DAY]
    store = Store.open(path, zone=DUBLIN, clock=lambda: now[0])
    by_ledger, by_facts = Reader.open(path), Reader.open(path, ledger=False)
    for turn in range(6):
        store.write("acme", page(turn))
        now[0] += 5 * DAY
        for at in (now[0], now[0] + 9 * HOUR, now[0] - 3 * DAY, T + 4 * DAY + 12_345):
            asked = QUESTIONS[turn % len(QUESTIONS)]
            assert figures(by_ledger, at, **asked) == figures(by_facts, at, **asked)
    assert by_ledger.check_ledger() == []
    store.rebuild()
    assert by_ledger.check_ledger() == []


def test_what_time_alone_brings_about_needs_no_writer(path: Path) -> None:
    store = Store.open(path, clock=lambda: T + HOUR)
    store.write("acme", talk("c1", T, Kind.CUSTOMER_MESSAGE, Kind.BOT_ANSWER))
    store.close()
    reader = Reader.open(path)
    answered = T + 60

    def resolved(at: int) -> tuple[float, float]:
        with reader.at(at):
            sums = reader.sums(["bot_resolved", "bot_pending"], Scope(T - DAY, T + 9 * DAY, at))
        return sums["bot_resolved"], sums["bot_pending"]

    assert resolved(T) == (0, 0)
    assert resolved(T + HOUR) == resolved(answered + DAY - 1) == (0, 1)
    assert resolved(answered + DAY) == (1, 0)


def test_a_page_that_fails_leaves_the_ledger_as_it_was(path: Path) -> None:
    store = Store.open(path)
    store.write("acme", page(1))
    with pytest.raises(TypeError):
        store.write("new", [*page(2), object()])  # type: ignore[list-item]
    store.write("new", page(3))
    assert Reader.open(path).check_ledger() == []


def test_another_zone_or_other_office_hours_make_another_ledger(path: Path) -> None:
    hours = OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60)
    Store.open(path).write("acme", page(1))
    for zone, office in ((DUBLIN, None), (ZoneInfo("Asia/Kolkata"), hours), (ZoneInfo("Asia/Kolkata"), None)):
        Store.open(path, zone=zone, office_hours=office).write("acme", page(2))
        assert Reader.open(path).check_ledger() == []


def test_office_seconds_by_the_ledger_are_those_of_the_facts(path: Path) -> None:
    hours = OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60, frozenset({date(2026, 3, 17)}))
    store = Store.open(path, zone=DUBLIN, office_hours=hours)
    for turn in range(4):
        store.write("acme", page(turn))
    found = []
    for by_ledger in (True, False):
        reader = Reader.open(path, ledger=by_ledger)
        with reader.at(T + 50 * DAY):
            scope = Scope(T + 5 * DAY + 77, T + 45 * DAY, T + 50 * DAY)
            found.append(list(reader.office_seconds("first_response_office", scope, hours, DUBLIN)))
    assert found[0] == found[1] != []


def tampered(path: Path, sql: str) -> list[str]:
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()
    return Reader.open(path).check_ledger()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM journal", "the ledger says 0, the facts"),
        ("UPDATE spell SET replies = replies + 1 WHERE replies", "the ledger says"),
        ("UPDATE spell SET reply_after = reply_after + 1 WHERE reply_after", "the values in the ledger"),
        ("UPDATE article_view SET followed = 1 - followed", "article view"),
        ("DELETE FROM setting WHERE name = 'ledger'", "there is no ledger"),
    ],
)
def test_a_ledger_that_does_not_agree_is_found_out_and_mended(path: Path, sql: str, says: str) -> None:
    Store.open(path).write("acme", page(1))
    assert any(says in sentence for sentence in tampered(path, sql))
    store = Store.open(path)
    store.rebuild()
    assert Reader.open(path).check_ledger() == []


def rows_read(reader: Reader, look: Callable[[], object]) -> int:
    """Statements that a look takes."""
    asked: list[str] = []
    reader._connection.set_trace_callback(asked.append)
    look()
    reader._connection.set_trace_callback(None)
    return len(asked)


def test_a_report_reads_no_more_where_more_is_stored(tmp_path: Path) -> None:
    counts = []
    for pages in (10, 60):
        path = tmp_path / str(pages) / "cache.db"
        store = Store.open(path, zone=DUBLIN, clock=lambda: T + 50 * DAY)
        for turn in range(pages):
            store.write("acme", page(turn, known=600))
        reader = Reader.open(path)
        counts.append(rows_read(reader, lambda: figures(reader, T + 50 * DAY, period="last-28d")))  # noqa: B023
    assert counts[1] <= counts[0] * 1.5


def test_sums_by_part_are_those_of_the_facts(path: Path) -> None:
    store = Store.open(path, zone=DUBLIN)
    for number in range(30):
        begun = T + number * DAY // 3
        tags = (("Refund", "vip"), ("refund",), ())[number % 3]
        store.write(
            "acme", talk(f"c{number}", begun, Kind.CUSTOMER_MESSAGE, Kind.BOT_ANSWER, Kind.BOT_HANDOFF, tags=tags)
        )
    found = []
    for by_ledger in (True, False):
        reader = Reader.open(path, ledger=by_ledger)
        for as_of in (T + 20 * DAY, T + 6 * DAY + 40):
            with reader.at(as_of):
                scope = Scope(T + 99_000, T + 7 * DAY, as_of)
                sums = reader.sums_by_part(["bot_handed_off", "bot_involved"], scope, "tag")
            found.append({part.value: counts for part, counts in sums.items() if any(counts)})
    assert found[:2] == found[2:]
    assert {tag: counts[1] for tag, counts in found[0].items()} == {"refund": 11, "vip": 5, None: 6}  # 4 to 20
