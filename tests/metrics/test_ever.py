"""What articles did since they were written: by counters of several sources, by single views, as of a moment."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel_tui.metrics import PeriodError, ReportRequest, build_board, build_report, items_behind
from funnel_tui.model.abilities import Abilities
from funnel_tui.model.boards import Items, Place, SelfserveBoard
from funnel_tui.model.records import ArticleCounter, Record
from funnel_tui.model.values import Quality
from funnel_tui.store import Reader, Store
from tests.metrics.boards import UTC, board, figures, row
from tests.metrics.program import load
from tests.reference.script import talk, view, when

VIEWS, WROTE, RATE = "article.views_ever", "article.conversations_ever", "article.rate_ever"
NOT_TOLD = "The source does not count the conversations that an article leads to."


def sample(article: str, at: str, views: int, conversations: int | None) -> ArticleCounter:
    return ArticleCounter(article=article, at=when(at), views=views, conversations=conversations)


def desks(path: Path, **samples: list[Record]) -> Path:
    """A cache of sources that only count."""
    store = Store.open(path)
    for name, records in samples.items():
        store.register(name, "some", Abilities(counters=True))
        store.write(name, records)
    store.close()
    return path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two help centres with an article of the same id; one does not tell conversations."""
    return desks(
        tmp_path / "c.db",
        acme=[
            sample("h1", "03-05 10:00", 1_000, 300),
            sample("h1", "03-20 10:00", 1_050, 310),
            sample("h2", "03-05 10:00", 400, 40),
            sample("h3", "03-05 10:00", 0, 0),
        ],
        bolt=[sample("h1", "03-10 10:00", 90, None)],
    )


def behind(path: Path, metric: str, *, now: str = "05-01 00:00", filters: Any = (), **asked: Any) -> Items:
    request = ReportRequest(**{"period": "2026-03-01..2026-03-31", **asked})
    reader = Reader.open(path)
    try:
        return items_behind(reader, UTC, request, Place(metric, filters), when(now))
    finally:
        reader.close()


def ever(found: Any) -> dict[str, tuple[Any, ...]]:
    return {name: told for name, told in figures(found).items() if name.endswith("_ever")}


def test_the_newest_sample_tells_all_of_an_articles_life(two: Path) -> None:
    found = board(two, "selfserve").articles
    assert [row.key for row in found.rows] == ["acme/h1", "h2", "bolt/h1"], "read in the period, then ever"
    assert ever(row(found, "acme/h1")) == {
        "views_ever": (1_050, None, None),
        "conversations_ever": (310, None, None),
        "rate_ever": (740 / 1_050, 1_050, None),
    }
    assert ever(row(found, "h2"))["rate_ever"] == (0.9, 400, None)
    told = row(found, "h2").metrics[RATE]
    assert told.quality is Quality.APPROXIMATE
    assert told.reason == (
        "The help centre's own count since it was written, as of 2026-03-05 10:00; of views, not of readers."
    )


def test_conversations_that_are_not_told_are_not_none(two: Path) -> None:
    found = row(board(two, "selfserve").articles, "bolt/h1")
    assert found.metrics[VIEWS].value == 90
    for metric in (WROTE, RATE):
        assert (found.metrics[metric].value, found.metrics[metric].reason) == (None, NOT_TOLD)


def test_all_together_are_those_that_tell(two: Path) -> None:
    found = board(two, "selfserve").articles_ever
    assert (found.value, found.n) == (1 - 350 / 1_450, 1_450)
    assert found.low < found.value < found.high


def test_as_known_at_an_earlier_moment(two: Path) -> None:
    found = board(two, "selfserve", at=when("03-06 00:00"))
    assert [row.key for row in found.articles.rows] == ["h1", "h2"], "the other source had not told anything"
    assert ever(found.articles.rows[0])["views_ever"] == (1_000, None, None)
    assert (found.articles_ever.value, found.articles_ever.n) == (1 - 340 / 1_400, 1_400)
    assert board(two, "selfserve", at=when("03-04 00:00")).articles_ever is None


def test_a_period_that_is_over_does_not_hide_what_came_after_it(two: Path) -> None:
    """Since it was written is up to the as-of moment, whatever the period."""
    found = board(two, "selfserve", period="2026-01-01..2026-01-31").articles
    assert ever(row(found, "acme/h1"))["views_ever"] == (1_050, None, None)
    assert row(found, "acme/h1").metrics["selfserve.article_views"].value is None


@pytest.mark.parametrize(("source", "keys"), [("acme", ["h1", "h2"]), ("bolt", ["h1"])])
def test_of_one_source(two: Path, source: str, keys: list[str]) -> None:
    found = board(two, "selfserve", filters={"source": (source,)})
    assert [row.key for row in found.articles.rows] == keys
    told = found.articles_ever
    assert (told.value, told.n) == ((1 - 350 / 1_450, 1_450) if source == "acme" else (None, None))


def test_articles_have_no_team(two: Path) -> None:
    found = board(two, "selfserve", filters={"team": ("none",)})
    assert (found.articles.rows, found.articles_ever) == ((), None)
    assert found.articles.reason == "Its records have no team to filter by."
    items = behind(two, VIEWS, filters=(("article", ("h1",)), ("team", ("none",))))
    assert (items.total, items.reason) == (0, "Its records have no team to filter by.")


def test_a_rate_of_no_views_is_none(tmp_path: Path) -> None:
    path = desks(tmp_path / "c.db", acme=[sample("h1", "03-05 10:00", 0, 0)])
    found = board(path, "selfserve")
    assert (found.articles.rows, found.articles_ever) == ((), None)


def test_more_conversations_than_views_are_no_negative_rate(tmp_path: Path) -> None:
    path = desks(tmp_path / "c.db", acme=[sample("h1", "03-05 10:00", 3, 5)])
    assert ever(board(path, "selfserve").articles.rows[0])["rate_ever"] == (0, 3, None)


# --- single views


READ = [
    view("02-02 09:00", "h1", person="p1"),
    view("02-02 09:05", "h1", person="p1"),
    view("02-03 09:00", "h1", session="s9"),
    view("03-30 20:00", "h1", person="p2"),
    view("02-10 09:00", "h2", person="p3"),
    *talk("c", "02-02 12:00 customer", person="p1"),
]


def test_of_single_views_since_the_first_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    found = board(path, "selfserve", READ, now="03-31 12:00", period="month")
    assert [row.key for row in found.articles.rows] == ["h1", "h2"]
    assert ever(row(found.articles, "h1")) == {
        "views_ever": (4, None, None),
        "conversations_ever": (1, None, None),
        "rate_ever": (2 / 3, 3, 1),  # p2 read 16 hours ago
    }
    told = found.articles_ever
    assert (told.value, told.n, told.pending) == (3 / 4, 4, 1)
    assert told.reason == "Since the first view that is known; of views, not of readers."


def test_a_deleted_conversation_was_not_led_to(tmp_path: Path) -> None:
    gone = {"type": "event", "conversation": "c", "at": when("02-05 00:00"), "kind": "deleted"}
    found = board(tmp_path / "c.db", "selfserve", [*READ, gone], now="03-31 12:00", period="month").articles
    assert ever(row(found, "h1"))["conversations_ever"] == (0, None, None)
    assert ever(row(found, "h1"))["rate_ever"] == (1, 3, 1)


@pytest.mark.parametrize("article", ["h1", "h2", None])
def test_single_views_are_listed_as_many_as_counted(tmp_path: Path, article: str | None) -> None:
    path = tmp_path / "c.db"
    found = board(path, "selfserve", READ, now="03-31 12:00", period="month")
    filters = (("article", (article,)),) if article else ()
    metrics = row(found.articles, article).metrics if article else {RATE: found.articles_ever}
    for metric in (VIEWS, WROTE, RATE) if article else (RATE,):
        told, items = metrics[metric], behind(path, metric, now="03-31 12:00", period="month", filters=filters)
        wanted = told.value if told.n is None else told.n
        assert (items.total, len(items.rows), items.reason) == (wanted, wanted, None)
        assert items.place == Place(metric, filters)


def test_what_counters_tell_cannot_be_listed_and_says_so(two: Path) -> None:
    found = board(two, "selfserve").articles
    for each in found.rows:
        for metric in (VIEWS, WROTE, RATE):
            items, told = behind(two, metric, filters=(("article", (each.key,)),)), each.metrics[metric]
            assert items.rows == ()
            assert items.total == ((told.value if told.n is None else told.n) or 0)
            assert items.reason
            assert (items.reason == NOT_TOLD) is (told.value is None)
    assert behind(two, VIEWS, filters=(("article", ("h9",)),)).reason == "Nobody is known to have viewed it by then."


def test_two_articles_at_once_are_refused(two: Path) -> None:
    with pytest.raises(PeriodError, match="one article"):
        behind(two, VIEWS, filters=(("article", ("h1", "h2")),))


# --- both kinds


def test_beside_single_views_one_sample_is_still_no_view(tmp_path: Path) -> None:
    """Of a period, with another source whose views are known one by one: not told is not 0."""
    path = tmp_path / "c.db"
    load(path, [*READ], zone=UTC.zone)
    desks(path, acme=[sample("k1", "03-05 10:00", 70, 7)])
    found = board(path, "selfserve", now="03-31 12:00", period="month").articles
    assert [(row.key, row.metrics["selfserve.article_views"].value) for row in found.rows] == [
        ("h1", 1), ("k1", None), ("h2", 0)
    ]  # fmt: skip
    request = ReportRequest("month", filters={"source": ("acme",)})
    with_filter = build_report(Reader.open(path), UTC, request, when("03-31 12:00"))
    assert with_filter["selfserve.article_views"].quality is Quality.UNAVAILABLE


# --- against plain Python


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ever")


_SAMPLES = st.lists(
    st.tuples(
        st.sampled_from(("acme", "bolt")),
        st.sampled_from(("h1", "h2", "h3")),
        st.integers(0, 40),
        st.integers(0, 30),
        st.one_of(st.none(), st.integers(0, 12)),
    ),
    max_size=14,
    unique_by=lambda told: told[:3],
)


@settings(max_examples=40, deadline=None)
@given(_SAMPLES, st.integers(0, 45))
def test_it_agrees_with_plain_python(caches: Path, samples: list[Any], day: int) -> None:
    path, start = caches / f"{len(list(caches.iterdir()))}.db", when("03-01 00:00")
    written: dict[str, list[Record]] = {"acme": [], "bolt": []}
    newest: dict[tuple[str, str], tuple[int, int | None]] = {}
    lives = defaultdict(list)
    for source, article, at, views, wrote in samples:
        lives[source, article].append((at, views, wrote))
    for (source, article), life in lives.items():
        for at, views, wrote in sorted(life, key=lambda told: told[0]):
            written[source].append(
                ArticleCounter(article=article, at=start + at * 86_400, views=views, conversations=wrote)
            )
            if at <= day:
                newest[source, article] = views, wrote
    desks(path, **written)
    asked = ReportRequest(period="2026-03-01..2026-03-31", at=start + day * 86_400)
    reader = Reader.open(path)
    found = build_board(reader, UTC, asked, "selfserve", start + 50 * 86_400)
    reader.close()
    assert isinstance(found, SelfserveBoard)
    read = {key: told for key, told in newest.items() if told[0]}
    assert len(found.articles.rows) == len(read)
    told = sorted((ever(each)["views_ever"][0], ever(each)["rate_ever"][0] or 0) for each in found.articles.rows)
    assert told == sorted(
        (views, 0 if wrote is None else max(0, views - wrote) / views) for views, wrote in read.values()
    )
    judged = [(views, wrote) for views, wrote in read.values() if wrote is not None]
    views, wrote = sum(views for views, _ in judged), sum(wrote for _, wrote in judged)
    together = None if found.articles_ever is None else found.articles_ever.value
    assert together == (max(0, views - wrote) / views if views else None)
