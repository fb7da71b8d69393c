"""Parts of what lists are made of: one kind of event, merged runs, the text that a filter on one source's id takes."""

from pathlib import Path

import pytest

from funnel_tui.model.records import Event, Kind
from funnel_tui.store import Reader, codec
from funnel_tui.store.pooled import Pooled
from funnel_tui.store.scope import Scope
from tests.metrics.program import load
from tests.reference.script import agent, talk, when


def test_one_kind_of_event_is_read_where_it_stands() -> None:
    events = [
        Event(conversation="c", at=10, kind=Kind.CUSTOMER_MESSAGE, actor="p", text="hello"),
        Event(conversation="c", at=20, kind=Kind.RATED, actor="p", score=4.0, text="fine"),
        Event(conversation="c", at=25, kind=Kind.NOTE, actor="g"),
        Event(conversation="c", at=40, kind=Kind.RATED, actor="p", score=5.0),
    ]
    body = codec.encode(events)
    assert codec.decode("c", body, Kind.RATED) == [events[1], events[3]]
    assert codec.decode("c", body) == events


def test_merged_runs_are_what_they_are_seen_as() -> None:
    pooled = Pooled([[1, 3, 3, 9], [], [2, 3]], gone=[3, 9])
    assert pooled.merged() == list(pooled) == [1, 2, 3, 3]


@pytest.mark.parametrize("ledger", [True, False])
def test_source_and_id_pass_one_sources_own(tmp_path: Path, ledger: bool) -> None:
    load(tmp_path / "c.db", [
        *(agent("g1", workspace=place) for place in ("Desk", "b")),
        *talk("c1", "03-02 10:00 customer", "03-02 10:01 agent actor=g1", workspace="Desk"),
        *talk("c1", "03-02 10:00 customer", "03-02 10:01 agent actor=g1", workspace="b", team="x/y"),
    ])  # fmt: skip
    reader, as_of = Reader.open(tmp_path / "c.db", ledger=ledger), when("05-01 00:00")

    def count(key: str, value: str) -> float:
        scope = Scope(when("03-01 00:00"), when("04-01 00:00"), as_of, {key: (value,)})
        return reader.sums(["inbound"], scope)["inbound"]

    with reader.at(as_of):
        assert [count("agent", value) for value in ("g1", "desk/G1", "b/g1", "a/g1", "/g1")] == [2, 1, 1, 0, 0]
        assert [count("team", value) for value in ("x/y", "b/x/y", "desk/x/y")] == [1, 1, 0]


def test_details_of_an_earlier_moment_are_those_of_then(tmp_path: Path) -> None:
    load(tmp_path / "c.db", [
        *talk("c1", "03-02 10:00 customer", '03-02 11:00 tagged tags=["late"]', "03-02 12:00 closed by=agent",
              tags=["vip"]),
        *talk("c2", "03-01 10:00 customer", tags=["old"]),
    ])  # fmt: skip
    reader = Reader.open(tmp_path / "c.db")
    for at, tags, closed in (("03-02 10:30", ("vip",), None), ("03-02 13:00", ("late", "vip"), when("03-02 12:00"))):
        with reader.at(when(at)):
            scope = Scope(when("03-01 00:00"), when("04-01 00:00"), when(at))
            eids = {each.cid: each.eid for each in reader.drill("begun", scope)}
            found = reader.details(list(eids.values()))
        first, second = (found[eid] for _, eid in sorted(eids.items()))
        assert (tuple(sorted(first.tags)), first.closed_at, second.tags) == (tags, closed, ("old",))
