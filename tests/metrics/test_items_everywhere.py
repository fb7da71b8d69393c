"""Behind every number of every screen stand as many items as it says, on worlds that hypothesis draws."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given

from funnel_tui.metrics import (
    ReportRequest,
    build_board,
    build_report,
    choices,
    conversations_behind,
    items_behind,
    track,
)
from funnel_tui.metrics.drill import BEHIND
from funnel_tui.model.boards import (
    Distribution,
    Heat,
    HumanBoard,
    Items,
    Place,
    ProactiveBoard,
    Ranking,
    SelfserveBoard,
)
from funnel_tui.model.values import MetricValue, Quality, Report
from funnel_tui.settings import Settings, Target
from funnel_tui.store import Reader
from tests.metrics.test_consistency import WORLDS, Asked, asked, profile
from tests.reference.periods import midnight
from tests.reference.strategies import World

Wrong = dict[str, Any]


class Standing(Reader):
    """One snapshot for many questions about a moment: to take it takes longer than to answer."""

    _stands: int | None = None

    @contextmanager
    def at(self, as_of: int) -> Iterator[None]:
        if self._stands == as_of:
            yield
            return
        with super().at(as_of):
            self._stands = as_of
            yield
        self._stands = None


@contextmanager
def standing(world: World) -> Iterator[Asked]:
    with asked(world) as here:
        reader = Standing.open(here.reader.path)
        with reader.at(here.question.as_of):
            yield replace(here, reader=reader)
        reader.close()


def told(here: Asked) -> Settings:
    """With targets for some channels."""
    return replace(here.settings, targets={"chat": Target(600, 0.8), "fax": Target(60, 0.5)})


def behind(here: Asked, place: Place, limit: int | None = None, **request: Any) -> Items:
    return items_behind(here.reader, told(here), here.request(**request), place, here.question.as_of, limit)


def number(metric: MetricValue, whole: Mapping[str, MetricValue]) -> float | None:
    """How many items a metric counts; None where it has no number."""
    if metric.quality is Quality.UNAVAILABLE:
        return None
    if metric.spec.id == "proactive.per_seeker":
        return whole["proactive.delivered"].value
    return metric.value if metric.n is None else metric.n


def check(here: Asked, found: Wrong, place: Place, expected: float | None, **request: Any) -> None:
    items = behind(here, place, **request)
    if expected is None:
        if items.rows or items.total or not items.reason:
            found[f"{place}"] = "no number, no items", items
    elif (items.total, len(items.rows), items.reason) != (expected, expected, None):
        found[f"{place}"] = (expected, items.total, len(items.rows), items.reason)


def check_metrics(here: Asked, found: Wrong, metrics: Mapping[str, MetricValue], place: Place, **request: Any) -> None:
    for id, metric in metrics.items():
        check(here, found, replace(place, metric=id), number(metric, metrics), **request)


@profile
@given(WORLDS)
def test_of_the_report(world: World) -> None:
    """Every metric, and each node and link of the funnel."""
    with standing(world) as here:
        report, wrong = here.report(), Wrong()
        check_metrics(here, wrong, report.metrics, Place(""))
        for node in report.funnel.nodes:
            check(here, wrong, Place("selfserve.seekers", path=(node.id,)), node.value)
        for link in report.funnel.links:
            check(here, wrong, Place("", path=(link.source, link.target)), link.value)
        assert wrong == {}


@profile
@given(WORLDS)
def test_of_a_place_under_more_filters(world: World) -> None:
    """What a filter of the view says, a filter of the place says; a key that stands in both is the place's."""
    with standing(world) as here:
        wrong = Wrong()
        for key, values in choices(here.reader, here.settings, here.request(), here.question.as_of).keys.items():
            for choice in values[:2]:
                filters = {**here.request().filters, key: (choice.value,)}
                if key == "tag" and here.request().filters.get(key):
                    continue
                report = filtered(here, filters)
                check_metrics(here, wrong, report.metrics, Place("", ((key, (choice.value,)),)))
                for link in report.funnel.links:
                    place = Place("", ((key, (choice.value,)),), path=(link.source, link.target))
                    check(here, wrong, place, link.value)
        assert wrong == {}


def filtered(here: Asked, filters: Mapping[str, tuple[str, ...]]) -> Report:
    request = replace(here.request(), filters=filters)
    return build_report(here.reader, here.settings, request, here.question.as_of)


@profile
@given(WORLDS)
def test_of_another_span(world: World) -> None:
    """A place in a span of its own counts what a report of that span counts."""
    with standing(world) as here:
        wrong = Wrong()
        for row in list(breakdown(here, "day"))[:3]:
            first = date.fromisoformat(row.key)
            span = tuple(midnight(day, here.question.zone) for day in (first, first + timedelta(days=1)))
            check_metrics(here, wrong, row.metrics, Place("", span=(span[0], span[1])))
        assert wrong == {}


def breakdown(here: Asked, by: str) -> Iterator[Any]:
    found = here.report(by=by).breakdown
    assert found is not None
    yield from found.rows


@profile
@given(WORLDS)
def test_of_the_boards(world: World) -> None:
    """Each row of each ranking, each cell of the heat maps, each bar of the distributions, then and now."""
    with standing(world) as here:
        wrong = Wrong()

        def board(name: str) -> Any:
            return build_board(here.reader, told(here), here.request(), name, here.question.as_of)

        team: HumanBoard = board("human")
        for ranking in team.groups.values():
            rows_of(here, wrong, ranking)
        for spread in (*team.response, team.close):
            bars_of(here, wrong, spread)
        for heat in (team.arrivals, team.waits):
            cells_of(here, wrong, heat)
        opened = behind(here, Place("queue.open"))
        assert team.queue.total == len(team.queue.rows) == opened.total
        assert {row.id for row in team.queue.rows} == {row.id for row in opened.rows}  # type: ignore[union-attr]
        on_duty = behind(here, Place("queue.on_duty"))
        assert [mate for mate in team.duty if not mate.away] == list(on_duty.rows)
        rated = behind(here, Place("human.csat"))
        assert [row.conversation for row in team.ratings] == list(rated.rows)
        outreach: ProactiveBoard = board("proactive")
        rows_of(here, wrong, outreach.campaigns)
        itself: SelfserveBoard = board("selfserve")
        rows_of(here, wrong, itself.articles)
        rows_of(here, wrong, itself.topics)
        assert wrong == {}


def rows_of(here: Asked, wrong: Wrong, ranking: Ranking) -> None:
    by = "tag" if ranking.by == "topic" else ranking.by
    assert len({row.key.casefold() for row in ranking.rows}) == len(ranking.rows)
    for row in ranking.rows:
        check_metrics(here, wrong, row.metrics, Place("", ((by, (row.key,)),)))


def bars_of(here: Asked, wrong: Wrong, spread: Distribution) -> None:
    assert sum(bucket.count for bucket in spread.buckets) == spread.n
    window = here.report().comparison
    for bucket in spread.buckets:
        place = Place(spread.metric, spread.filters, between=(bucket.low, bucket.high))
        check(here, wrong, place, bucket.count)
        if bucket.previous is not None:
            assert window is not None
            check(here, wrong, replace(place, span=(window.start, window.end)), bucket.previous)


def cells_of(here: Asked, wrong: Wrong, heat: Heat) -> None:
    for day, hours in enumerate(heat.n):
        for hour, count in enumerate(hours):
            if count or hour % 9 == 0:
                check(here, wrong, Place(heat.metric, hour=(day, hour)), count)


DATED = (
    "proactive.open_rate",
    "selfserve.bot_resolution_rate",
    "human.inbound",
    "human.response.median",
    "human.reassigned",
    "human.csat_response_rate",
)


@profile
@given(WORLDS)
def test_of_each_hour(world: World) -> None:
    """The cells of an hour of all weekdays, and of a weekday's hours, hold what the breakdown says."""
    with standing(world) as here:
        wrong = Wrong()
        cells = {
            id: {(day, hour): behind(here, Place(id, hour=(day, hour))).total for day in range(7) for hour in range(24)}
            for id in DATED
        }
        for place, by in enumerate(("weekday", "hour")):
            for row in breakdown(here, by):
                for id in DATED:
                    expected = number(row.metrics[id], row.metrics)
                    total = sum(count for cell, count in cells[id].items() if cell[place] == int(row.key))
                    if expected is not None and total != expected:
                        wrong[f"{by} {row.key} {id}"] = (expected, total)
        assert wrong == {}


@profile
@given(WORLDS)
def test_a_limit_cuts_the_rows_not_the_total(world: World) -> None:
    with standing(world) as here:
        for metric in here.report().metrics:
            whole, cut = behind(here, Place(metric)), behind(here, Place(metric), limit=1)
            assert (cut.total, cut.rows, cut.reason) == (whole.total, whole.rows[:1], whole.reason)


@profile
@given(WORLDS)
def test_lists_of_conversations_are_those_that_are_known(world: World) -> None:
    with standing(world) as here:
        for metric in BEHIND.keys() - {"selfserve.seekers", "selfserve.share_resolved"}:
            items = behind(here, Place(metric))
            rows = conversations_behind(here.reader, here.settings, here.request(), metric, here.question.as_of)
            if items.reason is None and "_office" not in metric:
                assert list(items.rows) == rows, metric


@profile
@given(WORLDS)
def test_a_choice_counts_what_its_filter_lists(world: World) -> None:
    with standing(world) as here:
        found = choices(here.reader, here.settings, here.request(), here.question.as_of)
        wrong = Wrong()
        for key, values in found.keys.items():
            assert len({choice.value.casefold() for choice in values}) == len(values)
            assert [choice.count for choice in values] == sorted((choice.count for choice in values), reverse=True)
            for choice in values:
                filters = {**here.request().filters, key: (choice.value,)}
                request: ReportRequest = replace(here.request(), filters=filters)
                rows = conversations_behind(here.reader, here.settings, request, None, here.question.as_of)
                if len(rows) != choice.count:
                    wrong[f"{key} {choice}"] = [(row.source, row.id) for row in rows]
        assert wrong == {}


@profile
@given(WORLDS)
def test_the_track_is_the_queue_of_each_moment(world: World) -> None:
    with standing(world) as here:
        now = here.question.as_of
        request = here.request()
        for points in (1, 2, 25):
            found = track(here.reader, here.settings, request, now - 86_400, now + 60, points, now)
            assert found.end == (now if points > 1 else now - 86_400)
            assert len(found.waiting) == points
        history = here.report().queue_history
        if history:
            at = {point.at: point.waiting for point in history}
            whole = -(-(now - 86_400) // 3600) * 3600
            found = track(here.reader, here.settings, request, whole, whole + 23 * 3600, 24, now)
            assert [at[whole + i * 3600] for i in range(24)] == list(found.waiting)
