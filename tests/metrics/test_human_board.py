"""The board of the team on small worlds written by hand: order, figures, spreads, remarks, hours of the week."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from funnel_tui.metrics import ReportRequest, build_board
from funnel_tui.model.abilities import Abilities, unavailable
from funnel_tui.model.boards import HumanBoard
from funnel_tui.model.records import Team
from funnel_tui.settings import Target
from funnel_tui.store import Reader, Store
from tests.metrics.boards import UTC, figures, row
from tests.metrics.program import load
from tests.reference.script import agent, talk, when

DESK = [
    agent("g1", name="Ann", team="t1"),
    agent("g2", name="Bo", away=True),
    agent("g3", name="Al"),
    *talk("c1", "03-02 10:00 customer", "03-02 10:04 agent actor=g1", "03-02 11:00 closed by=agent", channel="chat",
          team="t1"),
    *talk("c2", "03-02 14:00 customer", "03-02 14:30 agent actor=g2", "03-02 15:00 closed by=agent", channel="email"),
    *talk("c3", "03-09 14:59 customer", "03-09 15:01 agent actor=g1", "03-09 16:00 assigned to=g1", channel="chat",
          team="t1"),
    *talk("c4", "03-10 09:00 customer", "03-10 09:30 assigned to=g1", channel="Chat"),
    *talk("c5", "03-08 09:00 customer", channel="email"),
    *talk("c6", "02-20 09:00 customer", "02-20 09:01 agent actor=g1", channel="phone", team="t1"),
]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    load(tmp_path / "c.db", DESK, zone=UTC.zone)
    store = Store.open(tmp_path / "c.db", zone=UTC.zone)
    store.write("import", [Team(id="t1", name="Billing")])
    store.close()
    return tmp_path / "c.db"


def board(path: Path, targets: dict[str, Target] | None = None, now: str = "03-10 10:00", **request: Any) -> HumanBoard:
    asked = ReportRequest(**{"period": "2026-03-01..2026-03-31", **request})
    reader = Reader.open(path)
    try:
        found = build_board(reader, replace(UTC, targets=targets or {}), asked, "human", when(now))
    finally:
        reader.close()
    assert isinstance(found, HumanBoard)
    return found


def test_the_queue_has_the_longest_wait_first_and_then_what_nobody_waits_for(desk: Path) -> None:
    queue = board(desk).queue
    assert [row.id for row in queue.rows] == ["c5", "c4", "c6", "c3"]
    assert [getattr(row, "value", None) for row in queue.rows] == [49 * 3600, 3600, None, None]
    assert queue.total == 4


def test_a_team_says_what_was_counted(desk: Path) -> None:
    teams = board(desk).groups["team"]
    assert [(row.key, row.label) for row in teams.rows] == [("none", "no team"), ("t1", "Billing")]
    metrics = row(teams, "t1").metrics
    assert {id: (metric.value, metric.n, metric.previous) for id, metric in metrics.items()} == {
        "queue.waiting": (0, None, None),
        "queue.open": (2, None, None),
        "human.inbound": (2, None, 0),
        "human.first_response.median": (180, 2, None),
        "human.within_10m": (1, 2, None),
        "human.time_to_close.median": (3600, 1, None),
        "human.resolved": (1, None, 0),
        "human.csat": (None, 0, None),
        "human.reopen_rate": (0, 1, None),
        "human.reassigned": (0, None, 0),
        "human.replies_per_close": (1, 1, None),
    }
    assert teams.trend_of == "human.inbound"
    assert row(teams, "t1").trend == (0, 1, 0, 0, 0, 0, 0, 0, 1, 0)
    assert row(teams, "none").trend == (0, 1, 0, 0, 0, 0, 0, 1, 0, 1)


def test_what_passes_a_filter_is_dealt_out_as_the_whole_is(desk: Path) -> None:
    agents = board(desk, filters={"channel": ("chat",)}).groups["agent"]
    assert [(row.key, row.label) for row in agents.rows] == [("g1", "Ann")]
    assert figures(agents.rows[0])["inbound"] == (3, None, None)
    assert figures(agents.rows[0])["median"] == (3600, 1, None)
    assert agents.rows[0].trend == (0, 1, 0, 0, 0, 0, 0, 0, 1, 1)


def test_a_channels_target_is_its_own(desk: Path) -> None:
    targets = {"CHAT": Target(180, 0.9), "fax": Target(60, 0.5)}
    found = board(desk, targets)
    chat = row(found.groups["channel"], "chat").metrics["human.within_target"]
    assert (chat.value, chat.n) == (0.5, 2)
    email = row(found.groups["channel"], "email").metrics["human.within_target"]
    assert (email.value, email.reason) == (None, "No target is configured for this channel.")
    assert "human.within_target" not in found.groups["team"].rows[0].metrics
    assert "human.within_target" not in board(desk).groups["channel"].rows[0].metrics
    spreads = {spread.label: spread for spread in found.response}
    assert list(spreads) == ["all", "chat", "email", "fax"]
    assert (spreads["chat"].target, spreads["chat"].target_share, spreads["chat"].within) == (180, 0.9, 0.5)
    assert [(bar.low, bar.count) for bar in spreads["chat"].buckets if bar.count] == [(60, 1), (180, 1)]
    assert (spreads["fax"].n, spreads["fax"].median, spreads["fax"].within) == (0, None, None)
    assert spreads["all"].target is None
    only = board(desk, targets, filters={"channel": ("Email",)}).response
    assert [spread.label for spread in only] == ["all", "email"]


def test_times_lie_between_round_times_then_and_now(desk: Path) -> None:
    found = board(desk, period="2026-03-01..2026-03-09", now="03-31 00:00")
    whole = found.response[0]
    assert [(bar.low, bar.high, bar.count, bar.previous) for bar in whole.buckets] == [
        (0, 60, 0, 0), (60, 300, 2, 1), (300, 900, 0, 0), (900, 3600, 1, 0), (3600, 14_400, 0, 0),
        (14_400, 86_400, 0, 0), (86_400, 259_200, 0, 0), (259_200, None, 0, 0),
    ]  # fmt: skip
    assert (whole.n, whole.median, whole.p90) == (3, 240, 1800)
    assert (found.close.n, found.close.median) == (2, 3600)
    assert all(bar.previous is None for bar in board(desk, compare="none").close.buckets)


def test_who_is_on_duty_comes_first(desk: Path) -> None:
    found = board(desk)
    assert [(mate.name, mate.away, mate.open, mate.waiting, mate.resolved) for mate in found.duty] == [
        ("Al", False, 0, 0, 0), ("Ann", False, 2, 1, 1), ("Bo", True, 0, 0, 1),
    ]  # fmt: skip
    assert found.duty_reason is None
    mine = board(desk, filters={"agent": ("Ann",)}).duty
    assert [(mate.name, mate.open, mate.first_response) for mate in mine] == [("Ann", 2, 180)]
    none = board(desk, filters={"channel": ("chat",)})
    assert (none.duty, none.duty_reason) == ((), "Its records have no channel to filter by.")


def test_ratings_have_the_words_that_came_with_them(tmp_path: Path) -> None:
    lines = [
        *talk("c1", "03-02 10:00 customer", "03-02 10:04 agent", "03-02 11:00 rated score=2",
              "03-03 11:00 rated score=5"),
        *talk("c2", "03-02 10:00 customer", "03-02 10:04 agent", "03-02 12:00 rated score=1"),
        *talk("c3", "03-02 10:00 customer", "03-02 10:04 bot", "03-02 12:00 rated score=1"),
    ]  # fmt: skip
    for line in lines:
        if line.get("kind") == "rated":
            line["text"] = f"said with {line['score']}"
    del lines[-5]["text"]
    load(tmp_path / "c.db", lines, zone=UTC.zone)
    found = board(tmp_path / "c.db").ratings
    assert [(row.conversation.id, row.at, row.score, row.remark) for row in found] == [
        ("c1", when("03-03 11:00"), 5, "said with 5"), ("c2", when("03-02 12:00"), 1, None),
    ]  # fmt: skip
    earlier = board(tmp_path / "c.db", at=when("03-03 10:00")).ratings
    assert [(row.conversation.id, row.score, row.remark) for row in earlier] == [
        ("c2", 1, None), ("c1", 2, "said with 2"),
    ]  # fmt: skip


def test_hours_of_the_week(desk: Path) -> None:
    found = board(desk)
    assert (found.arrivals.cells[0][14], found.arrivals.cells[0][10], found.arrivals.cells[1][9]) == (2, 1, 1)
    assert sum(map(sum, found.arrivals.n)) == 5
    assert (found.waits.cells[0][15], found.waits.cells[0][14], found.waits.cells[0][9]) == (120, 1800, None)
    assert found.waits.n[0][15] == 1


def test_hours_that_the_period_does_not_have_are_unknown(desk: Path) -> None:
    cells = board(desk, period="today").arrivals.cells
    assert [cells[day][9] for day in range(7)] == [None, 1, None, None, None, None, None]
    assert cells[1][8:12] == (0, 1, 0, None)


def test_without_the_sources_word_there_are_no_figures(tmp_path: Path) -> None:
    load(tmp_path / "c.db", DESK, zone=UTC.zone)
    store = Store.open(tmp_path / "c.db", zone=UTC.zone)
    store.register("import", "demo", Abilities(metrics={"": unavailable("It tells of nothing.")}))
    store.close()
    found = board(tmp_path / "c.db")
    assert (found.queue.rows, found.queue.reason) == ((), "It tells of nothing.")
    assert all(ranking.reason == "It tells of nothing." for ranking in found.groups.values())
    assert (found.duty, found.response, found.ratings) == ((), (), ())
    assert (found.close.buckets, found.close.n) == ((), 0)
    assert {cell for heat in (found.arrivals, found.waits) for day in heat.cells for cell in day} == {None}
