"""What a filter can choose from, and the queue's length over time."""

from pathlib import Path
from typing import Any

import pytest

from funnel_tui.metrics import PeriodError, ReportRequest, choices, track
from funnel_tui.model.records import Team
from funnel_tui.store import Reader, Store
from tests.metrics.boards import UTC
from tests.metrics.program import load
from tests.reference.script import agent, talk, when

LINES = [
    agent("g1", name="Ann", team="t1"),
    agent("g2", name="Sam"),
    agent("g3", name="sam"),
    agent("g4", name="Zoe"),
    *talk("c1", "03-02 10:00 customer", "03-02 10:04 agent actor=g1", channel="chat", team="t1", tags=["vip", "new"]),
    *talk("c2", "03-03 10:00 customer", "03-03 10:04 agent actor=g2", channel="Chat", tags=["VIP"]),
    *talk("c3", "03-04 10:00 customer", "03-04 10:04 agent actor=g3", channel="email"),
    *talk("c4", "02-01 10:00 customer", channel="phone", team="t2"),
]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    load(tmp_path / "c.db", LINES, zone=UTC.zone)
    store = Store.open(tmp_path / "c.db", zone=UTC.zone)
    store.write("import", [Team(id="t1", name="Billing"), Team(id="t2", name="t1")])
    store.close()
    return tmp_path / "c.db"


def chosen(cache: Path, **filters: tuple[str, ...]) -> dict[str, list[tuple[str, str, int]]]:
    reader, request = Reader.open(cache), ReportRequest("2026-03-01..2026-03-31", filters=filters)
    found = choices(reader, UTC, request, when("05-01 00:00"))
    reader.close()
    return {key: [(one.value, one.label, one.count) for one in values] for key, values in found.keys.items()}


def test_the_most_frequent_come_first_and_what_the_period_has_not_last(cache: Path) -> None:
    found = chosen(cache)
    assert list(found) == ["team", "channel", "agent", "source", "tag", "origin"]
    assert found["channel"] == [("chat", "chat", 2), ("email", "email", 1), ("phone", "phone", 0)]
    assert found["tag"] == [("vip", "vip", 2), ("new", "new", 1), ("none", "no tag", 1)]
    assert found["source"] == [("import", "import", 3)]
    assert found["origin"] == [("none", "no origin", 3)]


def test_a_name_is_chosen_by_itself_where_it_means_one_alone(cache: Path) -> None:
    found = chosen(cache)
    assert found["agent"] == [("Ann", "Ann", 1), ("g2", "Sam", 1), ("g3", "sam", 1), ("Zoe", "Zoe", 0)]
    assert found["team"] == [("none", "no team", 2), ("Billing", "Billing", 1), ("t2", "t1", 0)]


def test_each_key_is_counted_under_the_filters_on_the_others(cache: Path) -> None:
    found = chosen(cache, channel=("chat",), tag=("new",))
    assert found["channel"] == [("chat", "chat", 1), ("email", "email", 0), ("phone", "phone", 0)]
    assert found["tag"] == [("vip", "vip", 2), ("new", "new", 1)]
    assert found["agent"][0] == ("Ann", "Ann", 1)


def test_unknown_keys(cache: Path) -> None:
    with pytest.raises(PeriodError):
        chosen(cache, colour=("red",))


def tracked(cache: Path, start: str, end: str, points: int, **request: Any) -> tuple[int, int, tuple[int, ...]]:
    reader = Reader.open(cache)
    found = track(reader, UTC, ReportRequest(**request), when(start), when(end), points, when("03-03 12:00"))
    reader.close()
    return found.start, found.end, found.waiting


def test_the_queue_at_even_steps(cache: Path) -> None:
    day = when("03-02 09:58"), when("03-02 10:06"), (1, 2, 2, 1, 1)
    assert tracked(cache, "03-02 09:58", "03-02 10:06", 5) == day
    assert tracked(cache, "03-02 09:58", "03-02 10:06", 5, at=when("02-10 00:00")) == day  # as it is known now
    chat = tracked(cache, "03-02 09:58", "03-02 10:06", 5, filters={"channel": ("chat",)})
    assert chat[2] == (0, 1, 1, 0, 0)
    both = tracked(cache, "03-02 09:58", "03-02 10:06", 5, filters={"channel": ("chat",), "agent": ("Ann",)})
    assert both[2] == (0, 1, 1, 0, 0)


def test_a_track_ends_now_and_has_no_more_points_than_seconds(cache: Path) -> None:
    assert tracked(cache, "03-03 11:00", "03-04 11:00", 3) == (when("03-03 11:00"), when("03-03 12:00"), (1, 1, 1))
    assert tracked(cache, "03-04 11:00", "03-05 11:00", 3) == (when("03-03 12:00"), when("03-03 12:00"), (1,))
    assert len(tracked(cache, "01-01 00:00", "03-01 00:00", 5000)[2]) == 2000
