"""The board of the sources: how fresh, how much, which streams, what is left of the quota, what metrics are worth."""

from pathlib import Path

from funnel_tui.metrics import ReportRequest, build_report
from funnel_tui.model.abilities import Abilities, approximate, unavailable
from funnel_tui.model.boards import SourcesBoard, StreamRow
from funnel_tui.model.records import ChatMessage, ChatThread, Conversation, Event, Kind
from funnel_tui.model.values import Freshness
from funnel_tui.store import Reader, Store
from tests.metrics.boards import UTC, board
from tests.metrics.program import load
from tests.reference.script import receipt, talk, view, when

NOW = when("03-10 12:00")


def desk(path: Path) -> Store:
    """A helpdesk of two conversations, read five minutes ago, whose ratings are refused."""
    store = Store.open(path)
    abilities = Abilities(
        metrics={"human.": approximate("with gaps"), "proactive.": unavailable("It tells of no messages.")},
        feeds={"ratings": ("human.csat",), "conversations": ("human.",)},
        without={"parts": {"human.": approximate("without parts")}},
    )
    store.register("desk", "intercom", abilities)
    for id, day in (("a", "03-09 10:00"), ("b", "03-10 11:00")):
        store.write("desk", [Conversation(id=id), Event(conversation=id, at=when(day), kind=Kind.CUSTOMER_MESSAGE)])
    store.set_stream_status("desk", "conversations", "ok")
    store.set_stream_status("desk", "ratings", "refused", "The token may not read ratings.")
    room = "9,412 of 10,000 requests left in the next 41 s"
    store.set_freshness(Freshness("desk", "intercom", NOW - 300, "partial", "ratings", head_room=room))
    return store


def sources(path: Path, **request: object) -> SourcesBoard:
    found = board(path, "sources", now="03-10 12:00", **request)
    assert isinstance(found, SourcesBoard)
    return found


def test_a_source_says_how_it_stands(tmp_path: Path) -> None:
    desk(tmp_path / "c.db").close()
    (row,) = sources(tmp_path / "c.db").sources
    assert (row.freshness.name, row.freshness.state, row.conversations) == ("desk", "partial", 2)
    assert row.head_room == "9,412 of 10,000 requests left in the next 41 s"
    assert row.lag == 3300  # from 11:00 to 11:55
    assert row.streams == (
        StreamRow("conversations", "ok"),
        StreamRow("ratings", "refused", "The token may not read ratings."),
        StreamRow("parts", "never"),
    )


def test_what_was_ok_long_ago_is_stale(tmp_path: Path) -> None:
    desk(tmp_path / "c.db").close()
    (row,) = board(tmp_path / "c.db", "sources", now="03-11 12:00").sources
    assert row.freshness.state == "stale"


def test_a_chat_counts_its_threads_and_files_are_no_source(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    store = desk(path)
    store.register("chat", "slack", Abilities(concerns=("internal.",)))
    for number in range(3):
        at = when("03-08 10:00") + number
        store.write(
            "chat", [ChatThread(id=f"t{number}", channel="#ask", messages=(ChatMessage(id=f"t{number}", at=at),))]
        )
    store.set_freshness(Freshness("chat", "slack", NOW, "ok"))
    store.close()
    load(path, talk("f", "03-01 10:00 customer"))
    found = {row.freshness.name: row for row in sources(path).sources}
    assert {name: row.conversations for name, row in found.items()} == {"chat": 3, "desk": 2, "import": 1}
    assert found["chat"].lag == NOW - when("03-08 10:00") - 2
    assert (found["import"].freshness.state, found["import"].lag, found["import"].streams) == ("ok", None, ())


def test_the_newest_of_each_kind_counts(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    lines = [receipt("r", delivered="03-02 10:00", workspace="a"), view("03-03 10:00", "h", person="p", workspace="b")]
    load(path, [*lines, *talk("c", "03-01 10:00 customer", workspace="b")])
    assert Reader.open(path).newest() == {"a": when("03-02 10:00"), "b": when("03-03 10:00")}


def test_a_source_that_is_silent_among_thousands_of_others(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    store = Store.open(path)
    store.write("old", [Conversation(id="c"), Event(conversation="c", at=NOW, kind=Kind.CUSTOMER_MESSAGE)])
    records = []
    for number in range(5_100):
        id = f"c{number}"
        records += [Conversation(id=id), Event(conversation=id, at=NOW + 1 + number, kind=Kind.CUSTOMER_MESSAGE)]
    store.write("busy", records)
    store.close()
    reader = Reader.open(path)
    assert reader.newest() == {"old": NOW, "busy": NOW + 5_100}
    assert reader.conversations() == {"old": 1, "busy": 5_100}


def test_a_metrics_worth_is_told_by_source(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    desk(path).close()
    load(path, talk("f", "03-01 10:00 customer"))
    found = {quality.metric: quality for quality in sources(path).metrics}
    delivered = found["proactive.delivered"]
    assert delivered.by_source == (("desk", "unavailable", "It tells of no messages."), ("import", "exact", None))
    assert (delivered.quality, delivered.reason) == ("approximate", "without desk: It tells of no messages.")
    assert found["human.csat"].by_source[0] == ("desk", "unavailable", "The token may not read ratings.")
    office = found["human.first_response_office.median"]
    assert (office.quality, office.reason) == (
        "unavailable", "No office hours are configured; add [office_hours] to the config."
    )  # fmt: skip


def test_the_worth_is_the_reports(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    desk(path).close()
    report = build_report(Reader.open(path), UTC, ReportRequest(period="2026-03-01..2026-03-31"), NOW)
    for quality in sources(path, filters={"team": ("billing",)}).metrics:
        metric = report[quality.metric]
        assert (quality.quality, quality.reason) == (metric.quality.value, metric.reason)
        assert (quality.label, quality.layer) == (metric.spec.label, metric.spec.layer)


def test_a_filter_on_sources_narrows_what_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    desk(path).close()
    load(path, talk("f", "03-01 10:00 customer"))
    found = sources(path, filters={"source": ("import",)})
    assert {name for quality in found.metrics for name, _, _ in quality.by_source} == {"import"}
    assert len(found.sources) == 2


def test_a_cache_of_before_knows_no_head_room(tmp_path: Path) -> None:
    desk(tmp_path / "c.db").close()
    store = Store.open(tmp_path / "c.db")
    store._connection.execute("UPDATE freshness SET body = json_remove(body, '$.head_room')")
    store.close()
    (row,) = sources(tmp_path / "c.db").sources
    assert (row.head_room, row.freshness.name) == (None, "desk")
