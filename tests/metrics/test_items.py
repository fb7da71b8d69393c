"""What stands behind numbers, on small worlds written by hand: which rows, in which order, and what they say."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import PeriodError, ReportRequest, items_behind
from funnel_tui.model.abilities import Abilities
from funnel_tui.model.boards import Items, MessageRow, Place, ReaderRow, TeammateRow
from funnel_tui.model.records import Article, ArticleCounter, ArticleView, ChatMessage, ChatThread
from funnel_tui.settings import OfficeHours, Settings, Target
from funnel_tui.store import Reader, Store
from tests.metrics.program import load
from tests.reference.script import agent, receipt, talk, view, when

UTC = Settings(zone=ZoneInfo("UTC"))

READING = [
    view("03-02 09:00", "a1", person="ann"),
    view("03-02 09:05", "a2", person="ann"),
    view("03-02 09:10", "a1", person="ann"),
    view("03-03 10:00", "a1", session="s1"),
    view("03-03 11:00", "a2", person="cy"),
    *talk("c1", "03-03 11:30 customer", "03-03 11:40 agent actor=g1", person="cy"),
    *talk("c2", "03-04 08:00 customer", person="dee"),
]
TALKS = [
    agent("g1", name="Ann", team="t1"),
    agent("g2", name="Bo", away=True),
    *talk("c1", "03-02 10:00 customer", "03-02 10:04 agent actor=g1", "03-02 11:00 closed by=agent", channel="chat"),
    *talk("c2", "03-02 14:00 customer", "03-02 14:30 agent actor=g2", "03-02 15:00 closed by=agent", channel="email"),
    *talk("c3", "03-09 14:59 customer", "03-09 15:01 agent actor=g1", "03-09 16:00 assigned to=g1", channel="chat",
          tags=["vip"]),
    *talk("c4", "03-10 09:00 customer", channel="Chat", tags=["vip", "refund"]),
]  # fmt: skip


def behind(cache: Path, metric: str, now: str = "05-01 00:00", settings: Settings = UTC, **more: Any) -> Items:
    request = ReportRequest(
        more.pop("period", "2026-03-01..2026-03-31"), at=more.pop("at", None), filters=more.pop("view", {})
    )
    limit = more.pop("limit", None)
    reader = Reader.open(cache)
    try:
        return items_behind(reader, settings, request, Place(metric, **more), when(now), limit)
    finally:
        reader.close()


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    load(tmp_path / "c.db", TALKS, zone=UTC.zone)
    return tmp_path / "c.db"


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    load(tmp_path / "c.db", READING, zone=UTC.zone)
    return tmp_path / "c.db"


def ids(items: Items) -> list[str]:
    return [row.id for row in items.rows]


def test_messages_with_what_became_of_them(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    load(
        path,
        [
            receipt("r1", campaign_name="News", person="p1", delivered="03-02 10:00", opened="03-05 10:00"),
            receipt("r2", campaign="tour", channel="email", delivered="03-03 10:00", clicked="03-03 11:00"),
            receipt("r3", bounced="03-04 10:00"),
            receipt("r4", delivered="03-03 09:00"),
        ],
        zone=UTC.zone,
    )
    found = behind(path, "proactive.delivered", now="03-04 09:30")
    assert ids(found) == ["r2", "r4", "r1"]
    assert found.rows[2] == MessageRow("import", "r1", "News", None, "p1", when("03-02 10:00"))  # not opened yet
    assert ids(behind(path, "proactive.open_rate", now="03-04 09:30")) == ["r4", "r1"]  # r2 can still be opened
    assert ids(behind(path, "proactive.opened")) == ["r1"]
    assert ids(behind(path, "proactive.clicked")) == ["r2"]
    assert ids(behind(path, "proactive.bounced")) == ["r3"]
    assert behind(path, "proactive.delivered", filters=(("campaign", ("tour",)),)).total == 1
    assert ids(behind(path, "proactive.delivered", filters=(("channel", ("none",)),))) == ["r4", "r1"]
    assert ids(behind(path, "proactive.delivered", hour=(1, 10))) == ["r2"]  # a Tuesday


def test_views_are_listed_one_by_one_and_viewers_once(reading: Path) -> None:
    views = behind(reading, "selfserve.article_views")
    assert [(row.id, row.articles, row.views) for row in views.rows if isinstance(row, ReaderRow)] == [
        ("cy", ("a2",), 1), ("s1", ("a1",), 1), ("ann", ("a1",), 1), ("ann", ("a2",), 1), ("ann", ("a1",), 1),
    ]  # fmt: skip
    viewers = behind(reading, "selfserve.article_viewers", limit=3)
    assert viewers.rows == (
        ReaderRow("import", "cy", ("a2",), 1, when("03-03 11:00"), when("03-03 11:00"), "wrote", "c1"),
        ReaderRow("import", "s1", ("a1",), 1, when("03-03 10:00"), when("03-03 10:00"), "resolved"),
        ReaderRow("import", "ann", ("a1", "a2"), 3, when("03-02 09:00"), when("03-02 09:10"), "resolved"),
    )
    first = behind(reading, "selfserve.article_viewers", filters=(("article", ("a1",)),))
    assert [(row.id, row.views) for row in first.rows if isinstance(row, ReaderRow)] == [("s1", 1), ("ann", 2)]
    assert ids(behind(reading, "article.conversations", filters=(("article", ("a2",)),))) == ["cy"]
    assert behind(reading, "article.conversations", filters=(("article", ("a1",)),)).total == 0


def test_who_still_may_write_is_in_no_rate(reading: Path) -> None:
    early = behind(reading, "selfserve.article_resolution_rate", now="03-03 10:30")
    assert ids(early) == ["ann"]
    assert [row.outcome for row in behind(reading, "selfserve.article_viewers", now="03-03 10:30").rows
            if isinstance(row, ReaderRow)] == ["pending", "resolved"]  # fmt: skip
    classic = Settings(zone=UTC.zone, article_rate="views")
    assert ids(behind(reading, "selfserve.article_resolution_rate", now="03-03 10:30", settings=classic)) == ["ann"] * 3


def test_a_titles_article(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db", zone=UTC.zone)
    store.write(
        "kb", [Article(id="a1", title="Refunds"), ArticleView(article="a1", at=when("03-02 10:00"), person="p")]
    )
    store.close()
    (row,) = behind(tmp_path / "c.db", "selfserve.article_views").rows
    assert isinstance(row, ReaderRow)
    assert row.articles == ("Refunds",)


def test_a_session_keeps_its_name_until_somebody_is_known(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    load(path, [view("03-02 10:00", "a", session="s"), view("03-05 10:00", "a", session="s", person="p")])
    assert ids(behind(path, "selfserve.article_viewers", now="03-04 00:00")) == ["s"]
    assert ids(behind(path, "selfserve.article_viewers")) == ["p"]


def test_seekers_are_people_once_by_what_they_did_first(reading: Path) -> None:
    found = behind(reading, "selfserve.seekers")
    assert ids(found) == ["c2", "cy", "s1", "ann"]
    assert found.total == 4


def test_quests_of_the_funnel(reading: Path) -> None:
    def at(*path: str) -> list[str]:
        return ids(behind(reading, "selfserve.seekers", path=path))

    assert at("seeking") == ["c2", "c1", "s1", "ann"]
    assert at("articles") == at("seeking", "articles") == ["c1", "s1", "ann"]
    assert at("article_resolved") == ["s1", "ann"]
    assert at("articles", "team") == ["c1"]
    assert at("seeking", "team") == ["c2"]
    assert at("in_progress") == ["c2", "c1"]
    assert at("nowhere") == []
    assert ids(behind(reading, "selfserve.share_resolved")) == ["s1", "ann"]
    assert behind(reading, "", path=("seeking",), filters=(("article", ("a1",)),)).reason == (
        "Its records have no article to filter by."
    )
    (silent,) = behind(reading, "", path=("article_resolved",), limit=2).rows[1:]
    assert isinstance(silent, ReaderRow)
    assert (silent.views, silent.outcome) == (3, "resolved")
    assert ids(behind(reading, "", path=("seeking",), filters=(("channel", ("none",)),))) == ["c2", "c1"]


def test_hours_values_and_spans_narrow_a_list_together(talks: Path) -> None:
    assert ids(behind(talks, "human.inbound", hour=(0, 14))) == ["c3", "c2"]
    assert ids(behind(talks, "human.first_response.median", hour=(0, 15))) == ["c3"]  # where the reply came
    assert ids(behind(talks, "human.first_response.p90", between=(120, 241))) == ["c3", "c1"]
    assert ids(behind(talks, "human.first_response.p90", between=(120, 240))) == ["c3"]
    assert ids(behind(talks, "human.within_1m", between=(240, None))) == ["c2", "c1"]
    week = (when("03-02 00:00"), when("03-09 00:00"))
    assert ids(behind(talks, "human.inbound", span=week)) == ["c2", "c1"]
    assert ids(behind(talks, "human.inbound", span=week, hour=(0, 14))) == ["c2"]
    assert ids(behind(talks, "human.time_to_close.median", between=(0, None), span=week, filters=(("channel", ("chat",)),))) == ["c1"]  # noqa: E501  # fmt: skip


def test_ages_of_the_queue(talks: Path) -> None:
    at = when("03-10 10:00")
    assert ids(behind(talks, "queue.oldest_wait", at=at, between=(3600, 3601))) == ["c4"]
    assert ids(behind(talks, "queue.waiting", at=at, between=(3601, None))) == []
    (row,) = behind(talks, "queue.oldest_wait", at=at).rows
    assert getattr(row, "value", None) == 3600
    assert behind(talks, "queue.open", at=at, hour=(0, 10)).reason == (
        "The queue is as of one moment: its conversations have no hours."
    )
    assert "no value" in str(behind(talks, "human.inbound", between=(0, 60)).reason)


def test_ratings_by_score_and_office_seconds_by_length(tmp_path: Path) -> None:
    path, hours = tmp_path / "c.db", OfficeHours(frozenset(range(5)), 9 * 60, 17 * 60)
    load(path, [
        *talk("c1", "03-06 16:30 customer", "03-09 09:30 agent actor=g1", "03-09 10:00 rated score=2"),
        *talk("c2", "03-06 16:30 customer", "03-06 16:40 agent actor=g1", "03-06 17:00 rated score=5"),
    ])  # fmt: skip
    assert ids(behind(path, "human.csat", between=(1, 4))) == ["c1"]
    assert ids(behind(path, "human.csat_n", between=(4, None))) == ["c2"]
    office = Settings(zone=UTC.zone, office_hours=hours)
    metric = "human.first_response_office.median"
    assert ids(behind(path, metric, settings=office, between=(3600, 3601))) == ["c1"]
    assert [getattr(row, "value", None) for row in behind(path, metric, settings=office).rows] == [3600, 600]
    assert "office hours" in str(behind(path, metric).reason)


def test_filters_of_the_place_go_before_those_of_the_view_but_tags_add_up(talks: Path) -> None:
    chat = {"channel": ("chat",)}
    assert ids(behind(talks, "human.inbound", view=chat)) == ["c4", "c3", "c1"]
    assert ids(behind(talks, "human.inbound", view=chat, filters=(("channel", ("email",)),))) == ["c2"]
    assert ids(behind(talks, "human.inbound", view=chat, filters=(("channel", ()),))) == ["c4", "c3", "c2", "c1"]
    vip = {"tag": ("vip",)}
    assert ids(behind(talks, "human.inbound", view=vip)) == ["c4", "c3"]
    refund = (("tag", ("Refund",)),)
    assert ids(behind(talks, "human.inbound", view=vip, filters=refund)) == ["c4"]
    assert ids(behind(talks, "", view=vip, filters=refund, path=("seeking", "team"))) == ["c4"]


def test_who_is_on_duty(talks: Path) -> None:
    (row,) = behind(talks, "queue.on_duty").rows
    assert row == TeammateRow("import", "g1", "Ann", "t1", False, open=1, waiting=0, resolved=1, first_response=180)
    assert behind(talks, "queue.on_duty", filters=(("agent", ("bo",)),)).total == 0
    assert behind(talks, "queue.on_duty", filters=(("channel", ("chat",)),)).reason == (
        "Its records have no channel to filter by."
    )


def test_hand_offs_between_teammates_stand_as_often_as_they_happened(tmp_path: Path) -> None:
    load(tmp_path / "c.db", talk(
        "c1", "03-02 10:00 customer", "03-02 10:01 assigned to=g1", "03-02 10:05 agent actor=g1",
        "03-02 10:06 assigned to=g2", "03-02 10:07 assigned to=g1", "03-02 10:08 closed by=agent"
    ))  # fmt: skip
    found = behind(tmp_path / "c.db", "human.reassigned")
    assert (ids(found), found.total) == (["c1", "c1"], 2)
    assert behind(tmp_path / "c.db", "human.reassigned", between=(3, None)).total == 0


def test_what_counters_tell_is_counted_but_not_listed(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "c.db", zone=UTC.zone, clock=lambda: when("03-05 00:00"))
    for at, views, conversations in (("03-02 00:00", 100, 10), ("03-04 00:00", 140, 18)):
        store.write("kb", [ArticleCounter(article="a", at=when(at), views=views, conversations=conversations)])
    store.close()
    told = "40 of them are known from the articles' counters alone and cannot be listed."
    found = counted(tmp_path, Place("selfserve.article_views"))
    assert (found.total, found.rows, found.reason) == (40, (), told)
    assert counted(tmp_path, Place("selfserve.article_resolution_rate")).total == 40
    assert counted(tmp_path, Place("article.conversations", (("article", ("a",)),))).total == 8
    for path in (("seeking",), ("seeking", "articles"), ("articles", "article_resolved")):
        assert counted(tmp_path, Place("", path=path)).total == 32
    assert counted(tmp_path, Place("", path=("articles", "team"))).reason is None


def counted(folder: Path, place: Place) -> Items:
    """In a cache whose source counts views."""
    store = Store.open(folder / "c.db", zone=UTC.zone)
    store.register("kb", "demo", Abilities(counters=True))
    store.close()
    reader = Reader.open(folder / "c.db")
    try:
        return items_behind(reader, UTC, ReportRequest("2026-03-01..2026-03-31"), place, when("03-05 00:00"))
    finally:
        reader.close()


def test_equal_ids_of_two_sources_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    load(path, [
        *(receipt(f"r{n}", delivered="03-02 10:00", workspace=place) for n, place in enumerate("aab")),
        *(view("03-02 10:00", "h1", person="p", workspace=place) for place in "ab"),
        *(agent("g1", name=name, workspace=place) for place, name in (("a", "Ann"), ("b", "Bo"))),
        *talk("c1", "03-02 10:00 customer", "03-02 10:01 agent actor=g1", workspace="a"),
        *talk("c1", "03-02 11:00 customer", "03-02 11:01 agent actor=g1", workspace="b"),
    ])  # fmt: skip

    def count(metric: str, key: str, value: str) -> int:
        return behind(path, metric, filters=((key, (value,)),)).total

    assert [count("proactive.delivered", "campaign", id) for id in ("m1", "a/m1", "B/m1", "c/m1")] == [3, 2, 1, 0]
    assert [count("selfserve.article_views", "article", id) for id in ("h1", "a/h1", "h2")] == [2, 1, 0]
    assert [count("human.inbound", "agent", id) for id in ("g1", "Ann", "A/g1", "b/G1", "c/g1")] == [2, 1, 1, 1, 0]
    assert (
        behind(path, "proactive.delivered", filters=(("campaign", ("c/m1",)),)).reason == "There is no campaign c/m1."
    )


def test_what_cannot_be_told_says_why(talks: Path) -> None:
    assert behind(talks, "human.within_target").reason == "No target is configured for this channel."
    targets = Settings(zone=UTC.zone, targets={"CHAT": Target(600, 0.8)})
    chat = (("channel", ("chat",)),)
    assert ids(behind(talks, "human.within_target", settings=targets, filters=chat)) == ["c3", "c1"]
    assert behind(talks, "savings.hours_low").reason
    assert behind(talks, "internal.questions").reason
    article = (("article", ("a",)),)
    assert behind(talks, "human.inbound", filters=article).reason == "There is no article a."


@pytest.mark.parametrize("place", [
    Place("human.unknown"),
    Place("human.inbound", (("colour", ("red",)),)),
    Place("proactive.delivered", (("campaign", ("a", "b")),)),
])  # fmt: skip
def test_places_that_do_not_exist(talks: Path, place: Place) -> None:
    with pytest.raises(PeriodError):
        items_behind(Reader.open(talks), UTC, ReportRequest("2026-03-01..2026-03-31"), place, when("05-01 00:00"))


def test_questions_of_a_chat_by_the_hour_of_what_counts(tmp_path: Path) -> None:
    def message(id: str, at: str, person: str, text: str = "Like so.") -> ChatMessage:
        return ChatMessage(id=id, at=when(at), person=person, text=text)

    store = Store.open(tmp_path / "c.db", zone=UTC.zone)
    store.write("chat", [
        ChatThread(id="q1", channel="#ask", messages=(
            message("q1", "03-02 09:00", "cy", "How do I issue a refund?"),
            message("m1", "03-02 09:07", "ann"), message("m2", "03-03 10:00", "bo"),
        )),
        ChatThread(id="q2", channel="#ops", messages=(message("q2", "03-02 09:30", "cy", "Who is on call tonight?"),)),
    ])  # fmt: skip
    store.close()
    path = tmp_path / "c.db"
    assert ids(behind(path, "internal.questions", hour=(0, 9))) == ["q2", "q1"]
    assert ids(behind(path, "internal.unanswered", filters=(("channel", ("#ops",)),))) == ["q2"]
    assert ids(behind(path, "internal.first_reply.median", between=(420, 421))) == ["q1"]
    assert ids(behind(path, "internal.interruptions")) == ["q1", "q1"]
    assert ids(behind(path, "internal.interruptions", hour=(1, 10))) == ["q1"]
    first_day = (when("03-02 00:00"), when("03-03 00:00"))
    assert behind(path, "internal.interruptions", span=first_day).total == 1
    assert "no team" in str(behind(path, "internal.questions", filters=(("team", ("t1",)),)).reason)
