"""Questions in chat channels, by hand."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import ReportRequest, build_report, conversations_behind, timeline
from funnel_tui.model.abilities import Abilities, approximate
from funnel_tui.model.records import ChatMessage, ChatThread, Conversation, Event, Kind
from funnel_tui.model.values import Freshness, MetricValue
from funnel_tui.settings import Settings
from funnel_tui.store import Reader, Store

CHAT = Abilities(metrics={"internal.questions": approximate("a guess")}, concerns=("internal.",))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


NOW = at("2026-03-31T12:00")


def ask(when: str, text: str, *replies: tuple[str, str], channel: str = "#ask", who: str = "carol") -> ChatThread:
    root = f"{channel} {when}"
    messages = [ChatMessage(id=root, at=at(when), person=who, text=text)]
    messages += [
        ChatMessage(id=f"{root}/{number}", at=at(moment), person=person, text="Like so.")
        for number, (moment, person) in enumerate(replies)
    ]
    return ChatThread(id=root, channel=channel, messages=tuple(messages))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store.open(tmp_path / "cache.db", clock=lambda: NOW)
    found.register("team-chat", "slack", CHAT)
    return found


def figures(store: Store, period: str = "2026-03-02..2026-03-03", **filters: tuple[str, ...]) -> dict[str, MetricValue]:
    reader = Reader.open(store.path)
    try:
        request = ReportRequest(period=period, compare="none", filters=filters)
        return dict(build_report(reader, Settings(ZoneInfo("UTC")), request, NOW).metrics)
    finally:
        reader.close()


def values(store: Store, period: str = "2026-03-02..2026-03-03", **filters: tuple[str, ...]) -> list[float | None]:
    found = figures(store, period, **filters)
    names = ("questions", "unanswered", "first_reply.median", "interruptions")
    return [found[f"internal.{name}"].value for name in names]


THREADS = (
    ask("2026-03-02T09:00", "How do I issue a refund?", ("2026-03-02T09:07", "anna"), ("2026-03-03T10:00", "ben")),
    ask("2026-03-02T10:00", "Deploy finished.", ("2026-03-02T10:01", "anna")),
    ask("2026-03-03T15:00", "Where is the refund policy?", ("2026-03-03T15:05", "carol")),
    ask("2026-03-03T23:59", "Who is on call tonight?", ("2026-03-04T00:09", "ben"), channel="#ops"),
)


def test_two_days(store: Store) -> None:
    store.write("team-chat", THREADS)
    assert values(store) == [3, 1, 420, 2]


def test_a_reply_belongs_to_the_day_on_which_it_came(store: Store) -> None:
    store.write("team-chat", THREADS)
    assert values(store, "2026-03-04..2026-03-04") == [0, 0, 600, 1]


def test_by_channel(store: Store) -> None:
    store.write("team-chat", THREADS)
    assert values(store, channel=("#OPS",)) == [1, 0, None, 0]
    assert figures(store, team=("billing",))["internal.questions"].reason == "Its records have no team to filter by."


def test_asked_again(store: Store) -> None:
    store.write("team-chat", THREADS)
    again = ask("2026-03-20T09:00", "hey, how can we issue refunds")
    far = ask("2026-06-20T09:00", "How to issue a refund?")
    store.write("team-chat", [again, far])
    assert figures(store, "2026-03-01..2026-03-31")["internal.repeated"].value == 1
    assert figures(store, "2026-03-01..2026-03-19")["internal.repeated"].value == 0


def test_a_chat_says_nothing_of_customers_and_a_helpdesk_nothing_of_chats(store: Store) -> None:
    store.write("team-chat", THREADS)
    found = figures(store)
    assert found["human.inbound"].quality.value == "unavailable"
    assert found["human.inbound"].reason == "None of the sources holds customers' conversations."
    assert (found["internal.questions"].quality.value, found["internal.questions"].reason) == ("approximate", "a guess")
    store.write(
        "import",
        [
            Conversation(id="1", person="p"),
            Event(conversation="1", at=at("2026-03-02T09:00"), kind=Kind.CUSTOMER_MESSAGE, actor="p"),
        ],
    )
    found = figures(store)
    assert (found["human.inbound"].value, found["human.inbound"].quality.value) == (1, "exact")
    assert found["internal.questions"].value == 3


def test_without_a_chat_they_cannot_be_had(tmp_path: Path) -> None:
    empty = Store.open(tmp_path / "empty.db")
    empty.write("import", [Conversation(id="1")])
    found = figures(empty)["internal.unanswered"]
    assert (found.value, found.quality.value) == (None, "unavailable")
    assert found.reason == "No chat channel is watched: internal questions need a chat source."


def rows(
    store: Store, metric: str, period: str = "2026-03-02..2026-03-04"
) -> list[tuple[str | None, str, float | None]]:
    reader = Reader.open(store.path)
    try:
        request = ReportRequest(period=period, compare="none")
        found = conversations_behind(reader, Settings(ZoneInfo("UTC")), request, metric, NOW)
        return [(row.subject, row.state, row.first_response_seconds) for row in found]
    finally:
        reader.close()


def test_the_threads_behind_the_numbers(store: Store) -> None:
    store.write("team-chat", THREADS)
    assert rows(store, "internal.questions") == [
        ("Who is on call tonight?", "closed", 600),
        ("Where is the refund policy?", "open", None),
        ("How do I issue a refund?", "closed", 420),
    ]
    assert rows(store, "internal.unanswered") == [("Where is the refund policy?", "open", None)]
    assert len(rows(store, "internal.interruptions")) == 3


def test_a_thread_as_a_timeline(store: Store) -> None:
    store.write("team-chat", THREADS)
    reader = Reader.open(store.path)
    try:
        found = timeline(reader, "team-chat", "#ask 2026-03-02T09:00", NOW)
        before = timeline(reader, "team-chat", "#ask 2026-03-02T09:00", at("2026-03-02T09:00"))
        unknown = timeline(reader, "team-chat", "#ask", NOW)
    finally:
        reader.close()
    assert found is not None
    assert [(entry.actor, entry.role, entry.wait) for entry in found.entries] == [
        ("carol", "customer", None),
        ("anna", "agent", 420),
        ("ben", "agent", None),
    ]
    assert before is not None
    assert [entry.text for entry in before.entries] == ["How do I issue a refund?"]
    assert unknown is None


def test_a_chat_whose_past_is_being_read_leaves_a_helpdesks_figures_alone(store: Store) -> None:
    store.register("desk", "zendesk", Abilities())
    store.write("team-chat", THREADS)
    store.set_freshness(Freshness("desk", "zendesk", NOW, "ok", history_from=at("2025-01-01T00:00")))
    store.set_freshness(Freshness("team-chat", "slack", NOW, "ok", progress=0.5, history_from=at("2026-03-03T00:00")))
    found = figures(store)
    assert (found["human.inbound"].quality.value, found["human.inbound"].reason) == ("exact", None)
    assert found["internal.unanswered"].reason == "The period's beginning is still being read."
