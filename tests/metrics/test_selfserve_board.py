"""The board of self-serve: topics, why the bot handed over, articles; counted by hand."""

from pathlib import Path
from typing import Any

import pytest

from funnel_tui.metrics import PeriodError, ReportRequest, build_report, items_behind
from funnel_tui.model.abilities import Abilities, unavailable
from funnel_tui.model.boards import Place, ReasonRow
from funnel_tui.model.records import Article, ArticleCounter, Conversation, Event, Kind
from funnel_tui.model.values import Quality
from funnel_tui.store import Reader, Store
from tests.metrics.boards import UTC, board, figures, row
from tests.reference.script import talk, view, when

TALKS = [
    *talk("a", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:05 closed by=bot confirmed=true", tags=["Refund"]),
    *talk("b", "03-02 11:00 customer", "03-02 11:01 bot", "03-02 11:05 handoff", tags=["refund", "vip"]),
    *talk("c", "03-30 10:00 customer", "03-30 23:00 bot", tags=["refund"]),
    *talk("d", "03-03 10:00 customer", "03-03 10:01 bot", "03-03 10:02 closed by=bot",
          "03-03 10:03 rated score=5 scale=[1,5]"),
    *talk("e", "02-03 10:00 customer", "02-03 10:01 bot", "02-03 11:00 handoff", tags=["REFUND"]),
    *talk("f", "03-04 10:00 customer", "03-04 10:30 agent actor=g1", tags=["invoice"]),
]  # fmt: skip


def test_a_topic_says_what_the_bot_made_of_it(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "selfserve", TALKS, now="03-31 12:00", period="month").topics
    assert (found.by, found.total) == ("topic", 3)
    assert [(row.key, row.label) for row in found.rows] == [("refund", "Refund"), ("none", "no tag"), ("vip", "vip")]
    assert figures(row(found, "refund")) == {
        "bot_answered": (3, None, None),
        "bot_resolved": (1, None, None),
        "bot_resolution_rate": (0.5, 2, 1),  # c was answered 13 hours ago
        "bot_handed_off": (1, None, None),
        "bot_durable_rate": (1, 1, None),
        "bot_csat": (None, 0, None),
    }
    assert figures(row(found, "none"))["bot_csat"] == (1, 1, None)
    assert row(found, "refund").metrics["selfserve.bot_handed_off"].previous == 1


def test_a_tag_in_two_spellings_is_one(tmp_path: Path) -> None:
    """Also where the facts are counted: under a filter."""
    lines = talk("a", "03-02 10:00 customer", "03-02 10:01 bot", tags=["VAT", "vat", "Vat"], channel="chat")
    path = tmp_path / "c.db"
    for filters in ({}, {"channel": ("chat",)}):
        found = board(path, "selfserve", *([lines] if not filters else []), filters=filters).topics
        assert [row.key for row in found.rows] == ["vat"]
        assert figures(found.rows[0])["bot_answered"] == (1, None, None)


def test_the_course_of_the_topics_adds_up(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "selfserve", TALKS, now="03-31 12:00", period="month").topics
    assert found.trend_of == "selfserve.bot_answered"
    for each in found.rows:
        assert sum(value or 0 for value in each.trend) == each.metrics[found.trend_of].value
    assert row(found, "refund").trend[:3] == (0, 2, 0)


HANDOFFS = {
    "handoff_no_answer": talk("n", "03-02 10:00 customer", "03-02 10:01 handoff", "03-02 10:09 agent actor=g1"),
    "handoff_asked_again": talk(
        "q", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:02 customer", "03-02 10:03 handoff"
    ),
    "handoff_answered": talk(
        "w", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:03 handoff", "03-02 10:04 agent actor=g1"
    ),
    "handoff_left": talk(
        "l", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:02 customer", "03-02 12:00 agent actor=g1"
    ),
    "handoff_stepped_in": talk("s", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:30 agent actor=g1"),
    "handoff_unclear": talk(
        "u", "03-02 10:00 customer", "03-02 10:30 agent actor=g1", "03-02 11:00 bot", "03-02 12:00 agent actor=g1"
    ),
}


@pytest.mark.parametrize("reason", HANDOFFS)
def test_each_way_to_the_team_is_told_apart(tmp_path: Path, reason: str) -> None:
    found = board(tmp_path / "c.db", "selfserve", HANDOFFS[reason]).handoffs
    assert [(row.key, row.count, row.previous) for row in found] == [(reason, 1, 0)]


def test_said_in_the_second_of_the_reply_is_said(tmp_path: Path) -> None:
    lines = talk("x", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:30 handoff", "03-02 10:30 agent actor=g1")
    assert [row.key for row in board(tmp_path / "c.db", "selfserve", lines).handoffs] == ["handoff_answered"]


def test_an_answer_after_the_handoff_hides_what_came_before_it(tmp_path: Path) -> None:
    lines = talk(
        "x", "03-02 10:00 customer", "03-02 10:01 bot", "03-02 10:02 customer", "03-02 10:03 handoff", "03-02 10:04 bot"
    )
    assert [row.key for row in board(tmp_path / "c.db", "selfserve", lines).handoffs] == ["handoff_answered"]


def test_the_ways_add_up_and_the_most_frequent_is_first(tmp_path: Path) -> None:
    earlier = talk("b", "02-02 10:00 customer", "02-02 10:01 handoff")
    twice = talk("n2", "03-05 10:00 customer", "03-05 10:01 handoff")
    path = tmp_path / "c.db"
    found = board(path, "selfserve", earlier, twice, *HANDOFFS.values()).handoffs
    assert found[0] == ReasonRow("handoff_no_answer", "Passed on without an answer", 2, 1)
    request = ReportRequest(period="2026-03-01..2026-03-31")
    handed_off = build_report(Reader.open(path), UTC, request, when("05-01 00:00"))["selfserve.bot_handed_off"]
    assert sum(row.count for row in found) == handed_off.value == 7
    assert sum(row.previous or 0 for row in found) == handed_off.previous == 1


def test_each_reason_opens_its_own_conversations(tmp_path: Path) -> None:
    path, request = tmp_path / "c.db", ReportRequest(period="2026-03-01..2026-03-31")
    found = board(path, "selfserve", *HANDOFFS.values()).handoffs
    for each in found:
        place = Place("selfserve.bot_handed_off", only=each.key)
        items = items_behind(Reader.open(path), UTC, request, place, when("05-01 00:00"))
        assert (items.total, [item.id for item in items.rows]) == (1, [HANDOFFS[each.key][0]["id"]])


def test_what_self_serve_resolved_opens_without_what_the_team_did(tmp_path: Path) -> None:
    path, request = tmp_path / "c.db", ReportRequest(period="2026-03-01..2026-03-31")
    month = board(path, "selfserve", TALKS, VIEWS).monthly.points[-1]
    place = Place("selfserve.share_resolved", only="selfserve", span=(month.start, month.end))
    items = items_behind(Reader.open(path), UTC, request, place, when("05-01 00:00"))
    assert items.total == len(items.rows) == month.selfserve_resolved > 0
    assert "f" not in {item.id for item in items.rows}


def test_what_self_serve_resolved_of_a_team_opens_nothing_and_says_why(tmp_path: Path) -> None:
    board(path := tmp_path / "c.db", "selfserve", TALKS, VIEWS)
    request = ReportRequest(period="2026-03-01..2026-03-31", filters={"team": ("billing",)})
    place = Place("selfserve.share_resolved", only="selfserve")
    items = items_behind(Reader.open(path), UTC, request, place, when("05-01 00:00"))
    assert (items.rows, items.total, items.reason) == ((), 0, "Its records have no team to filter by.")


@pytest.mark.parametrize("only", ["selfserve", "nonsense"])
def test_a_kind_that_a_metric_does_not_have_is_refused(tmp_path: Path, only: str) -> None:
    path = tmp_path / "c.db"
    board(path, "selfserve", TALKS)
    with pytest.raises(PeriodError, match=only):
        items_behind(
            Reader.open(path), UTC, ReportRequest(), Place("selfserve.bot_handed_off", only=only), when("03-31 00:00")
        )


def test_without_a_comparison_nothing_was_before(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "selfserve", HANDOFFS["handoff_left"], compare="none").handoffs
    assert [row.previous for row in found] == [None]


def test_a_source_without_a_bot_says_so(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    store = Store.open(path)
    store.register("desk", "some", Abilities(metrics={"selfserve.": unavailable("It has no bot.")}))
    store.write("desk", [Conversation(id="c"), Event(conversation="c", at=when("03-02 10:00"), kind=Kind.BOT_HANDOFF)])
    store.close()
    found = board(path, "selfserve")
    assert (found.topics.rows, found.topics.reason) == ((), "It has no bot.")
    assert (found.handoffs, found.handoffs_reason) == ((), "It has no bot.")
    assert (found.articles.rows, found.articles.reason) == ((), "It has no bot.")


# --- articles


VIEWS = [
    view("03-02 09:00", "h1", person="p1"),
    view("03-02 09:05", "h1", person="p1"),
    view("03-02 09:10", "h1", session="s9"),
    view("03-03 09:00", "h2", person="p1"),
    view("03-30 20:00", "h2", person="p2"),
    view("02-02 09:00", "h2", person="p3"),
    *talk("c", "03-02 12:00 customer", person="p1"),
    {"type": "article", "id": "h1", "title": "How to pay"},
]


def test_an_article_says_who_wrote_after_it(tmp_path: Path) -> None:
    found = board(tmp_path / "c.db", "selfserve", VIEWS, now="03-31 12:00", period="month").articles
    assert [(row.key, row.label) for row in found.rows] == [("h1", "How to pay"), ("h2", "h2")]
    assert figures(row(found, "h1")) == {
        "article_views": (3, None, None),
        "article_viewers": (2, None, None),
        "article_resolution_rate": (0.5, 2, 0),
        "conversations": (1, None, None),
        "views_ever": (3, None, None),
        "rate_ever": (2 / 3, 3, 0),
        "conversations_ever": (1, None, None),
    }
    assert figures(row(found, "h2")) == {
        "article_views": (2, None, None),
        "article_viewers": (2, None, None),
        "article_resolution_rate": (1, 1, 1),  # p2 read 16 hours ago
        "conversations": (0, None, None),
        "views_ever": (3, None, None),  # with that of February
        "rate_ever": (1, 2, 1),
        "conversations_ever": (0, None, None),
    }
    assert row(found, "h2").metrics["selfserve.article_views"].previous == 1


def test_articles_as_known_at_an_earlier_moment(tmp_path: Path) -> None:
    """At 11:00 on 2 March nobody had written yet."""
    found = board(tmp_path / "c.db", "selfserve", VIEWS, at=when("03-02 11:00")).articles
    assert [row.key for row in found.rows] == ["h1", "h2"], "what was read before the period follows"
    assert figures(found.rows[1])["article_views"] == (0, None, None)
    assert figures(found.rows[1])["views_ever"] == (1, None, None)
    assert figures(found.rows[0])["article_resolution_rate"] == (None, 0, 2)
    assert figures(found.rows[0])["conversations"] == (0, None, None)


def counted(path: Path, *samples: tuple[str, int, int | None]) -> Any:
    """The articles of a source that counts only: (moment, views, conversations) of one of them."""
    store = Store.open(path)
    store.register("desk", "some", Abilities(counters=True))
    for at, views, conversations in samples:
        store.write("desk", [ArticleCounter(article="h1", at=when(at), views=views, conversations=conversations)])
    store.write("desk", [Article(id="h1", title="How to pay")])
    store.close()
    return board(path, "selfserve").articles


def test_counters_grow(tmp_path: Path) -> None:
    found = counted(tmp_path / "c.db", ("02-20 10:00", 100, 10), ("03-10 10:00", 130, 13), ("03-20 10:00", 140, 14))
    assert [(row.key, row.label) for row in found.rows] == [("h1", "How to pay")]
    told = figures(found.rows[0])
    assert told["article_views"] == (40, None, None)
    assert told["article_resolution_rate"] == (0.9, 40, None)
    assert told["conversations"] == (4, None, None)


def test_one_sample_says_nothing_of_the_period(tmp_path: Path) -> None:
    (found,) = counted(tmp_path / "c.db", ("03-10 10:00", 130, 13)).rows
    for metric in ("selfserve.article_views", "selfserve.article_resolution_rate", "article.conversations"):
        said = found.metrics[metric]
        assert (said.value, said.quality) == (None, Quality.UNAVAILABLE)
        assert said.reason == "Article counters need two samples; the next poll of the articles brings the second."


def test_a_source_that_does_not_count_conversations_says_so(tmp_path: Path) -> None:
    found = counted(tmp_path / "c.db", ("02-20 10:00", 100, None), ("03-10 10:00", 130, None))
    wrote = found.rows[0].metrics["article.conversations"]
    assert (wrote.value, wrote.reason) == (
        None,
        "The source does not count the conversations that an article leads to.",
    )


def test_months_are_the_reports(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    found = board(path, "selfserve", TALKS, VIEWS)
    request = ReportRequest(period="2026-03-01..2026-03-31")
    assert found.monthly == build_report(Reader.open(path), UTC, request, when("05-01 00:00")).monthly
    assert len(found.monthly.points) == 2


# --- what the team resolved, by its way


def closed(id: str, day: str, *before: str, **more: Any) -> list[dict[str, Any]]:
    """A conversation that a teammate answered and closed."""
    return talk(id, f"{day} 10:00 customer", *before, f"{day} 11:00 agent actor=g1", f"{day} 11:30 closed", **more)


WAYS = [
    *closed("straight", "03-02"),
    *closed("bot", "03-02", "03-02 10:01 bot", "03-02 10:05 handoff"),
    *closed("silent-bot", "03-03", "03-03 10:05 handoff"),
    *closed("read", "03-04", person="p1"),
    view("03-04 09:00", "h1", person="p1"),
    *closed("both", "03-05", "03-05 10:01 bot", "03-05 10:05 handoff", person="p2"),
    view("03-05 09:00", "h1", person="p2"),
    *talk("late", "02-27 10:00 customer", "03-02 10:00 agent actor=g1", "03-02 10:10 closed"),
    *talk("open", "03-06 10:00 customer", "03-06 11:00 agent actor=g1"),
    *closed("before", "02-02"),
]  # fmt: skip
BEGUN = "human.begun_resolved"


def test_what_the_team_resolved_is_told_apart_by_how_it_came(tmp_path: Path) -> None:
    """`late` was begun before March, though it was closed in it; `open` is not resolved."""
    found = board(path := tmp_path / "c.db", "selfserve", WAYS).team_resolved
    assert {id: (said.value, said.previous) for id, said in found.items()} == {
        BEGUN: (5, 2),
        f"{BEGUN}_direct": (1, 2),
        f"{BEGUN}_after_selfserve": (4, 0),
    }
    request = ReportRequest(period="2026-03-01..2026-03-31")
    nodes = build_report(Reader.open(path), UTC, request, when("05-01 00:00")).funnel.nodes
    assert {node.id: node.value for node in nodes}["team_resolved"] == found[BEGUN].value


@pytest.mark.parametrize("filters", [{}, {"channel": ("chat",)}])
def test_each_way_opens_its_own_queries(tmp_path: Path, filters: dict[str, tuple[str, ...]]) -> None:
    lines = [{**line, "channel": "chat"} if line["type"] == "conversation" else line for line in WAYS]
    found = board(path := tmp_path / "c.db", "selfserve", lines, filters=filters).team_resolved
    ids = {}
    for id, said in found.items():
        request = ReportRequest(period="2026-03-01..2026-03-31", filters=filters)
        items = items_behind(
            Reader.open(path), UTC, request, Place(id, words="begun in the period"), when("05-01 00:00")
        )
        assert items.total == len(items.rows) == said.value
        ids[id] = {item.id for item in items.rows}
    assert ids[f"{BEGUN}_direct"] == {"straight"}
    assert ids[f"{BEGUN}_after_selfserve"] == {"bot", "silent-bot", "read", "both"}
    assert ids[BEGUN] == ids[f"{BEGUN}_direct"] | ids[f"{BEGUN}_after_selfserve"]


def test_what_cannot_be_told_of_the_team_says_why(tmp_path: Path) -> None:
    store = Store.open(path := tmp_path / "c.db")
    store.register("desk", "some", Abilities(metrics={"human.after_selfserve": unavailable("It has no articles.")}))
    store.write("desk", [Conversation(id="c"), Event(conversation="c", at=when("03-02 10:00"), kind=Kind.BOT_HANDOFF)])
    store.close()
    found = board(path, "selfserve").team_resolved
    said = found[f"{BEGUN}_after_selfserve"]
    assert (said.value, said.reason) == (None, "It has no articles.")
    assert found[BEGUN].value == 0
