"""Tiles, tables, charts and lists of one request agree, on worlds that hypothesis draws.

Parts add up to the whole wherever the definition allows it. It does not where people are counted once however often
they come: distinct viewers and seekers of two days, episodes that were asked for a rating on two days.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from funnel_tui.metrics import ReportRequest, build_report, conversations_behind, measure_only
from funnel_tui.metrics.drill import BEHIND
from funnel_tui.model.values import MetricValue, Quality, Report, Unit
from funnel_tui.settings import Settings
from funnel_tui.store import Reader
from tests.metrics.program import WEEK, hours_of, load, merges_itself
from tests.reference import brute
from tests.reference.strategies import Question, World, worlds

MORE = os.environ.get("FUNNEL_EXAMPLES")
profile = settings(
    max_examples=int(MORE) if MORE else 25,
    derandomize=MORE is None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

WORLDS = worlds(asked=1, days=st.just(True))
PEOPLE = frozenset({"selfserve.seekers", "selfserve.article_viewers", "proactive.per_seeker"})
"""They count people once, however often they come."""
NOT_BY_TIME = PEOPLE | {"selfserve.article_resolution_rate", "human.csat_response_rate"}
"""Who comes on two days stands in both."""


@dataclass(frozen=True)
class Asked:
    """A world in a cache, and a question of whole local days as a request."""

    reader: Reader
    lines: list[dict[str, Any]]
    question: Question

    @property
    def settings(self) -> Settings:
        return Settings(zone=self.question.zone, office_hours=hours_of(self.question.office_hours))

    def request(self, **more: Any) -> ReportRequest:
        question = self.question
        first, last = (datetime.fromtimestamp(at, question.zone).date() for at in (question.start, question.end - 1))
        filters = {key: tuple(values) for key, values in question.filters.items()}
        return ReportRequest(period=f"{first}..{last}", at=question.as_of, filters=filters, **more)

    def report(self, **more: Any) -> Report:
        return build_report(self.reader, self.settings, self.request(**more), self.question.as_of)


@contextmanager
def asked(world: World) -> Iterator[Asked]:
    question = world.questions[0]
    lines = [line for line in world.lines if not merges_itself(line)]
    for line in lines:
        note(json.dumps(line))
    note(f"{question}")
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache.db"
        load(
            cache,
            lines,
            reopen_window=question.reopen_window,
            zone=world.zone,
            office_hours=world.office_hours,
            clocks=world.clocks,
        )
        reader = Reader.open(cache)
        yield Asked(reader, lines, question)
        reader.close()


def differ(whole: Report, parts: Iterable[dict[str, MetricValue]], but: Iterable[str]) -> dict[str, Any]:
    """Metrics whose parts do not add up to the whole: values of counts, n of all that have one, pending ones."""
    rows = list(parts)
    wrong: dict[str, Any] = {}
    for id in whole.metrics.keys() - set(but):
        tile = whole[id]
        found = [row[id] for row in rows]
        if tile.quality is Quality.UNAVAILABLE or all(part.quality is Quality.UNAVAILABLE for part in found):
            continue
        sums: list[tuple[str, Any, Any]] = []
        if tile.spec.unit is Unit.COUNT:
            sums.append(("value", tile.value, sum(part.value or 0 for part in found)))
        if tile.n is not None:
            sums.append(("n", tile.n, sum(part.n or 0 for part in found)))
        if tile.pending is not None:
            sums.append(("pending", tile.pending, sum(part.pending or 0 for part in found)))
        for what, one, all_ in sums:
            if one != all_:
                wrong[f"{id} {what}"] = (one, all_)
    return wrong


@profile
@given(WORLDS, st.sampled_from(("team", "channel", "agent", "source", "origin")))
def test_parts_of_a_dimension_add_up(world: World, by: str) -> None:
    with asked(world) as here:
        found = here.report(by=by)
        assert found.breakdown is not None
        but = frozenset() if by == "source" else PEOPLE
        assert differ(found, (row.metrics for row in found.breakdown.rows), but) == {}


@profile
@given(WORLDS, st.sampled_from(("team", "channel", "agent", "source", "origin", "tag")))
def test_a_row_says_what_a_filter_says(world: World, by: str) -> None:
    """Ids of two workspaces are two rows, but one filter: of those, one workspace is looked at."""
    only = {"source": ["import"]} if by in ("team", "agent") else {}
    with asked(replace(world, questions=[replace(world.questions[0], filters=only)])) as here:
        found = here.report(by=by)
        assert found.breakdown is not None
        wrong: dict[str, Any] = {}
        for row in found.breakdown.rows:
            request = here.request()
            request = replace(request, filters={**request.filters, by: (row.key,)})
            filtered = measure_only(here.reader, here.settings, request, row.metrics, here.question.as_of)
            for id, metric in row.metrics.items():
                if told(metric) != told(filtered[id]):
                    wrong[f"{by} {row.key} {id}"] = (told(metric), told(filtered[id]))
        assert wrong == {}


def told(metric: MetricValue) -> tuple[Any, ...]:
    return metric.value, metric.n, metric.pending, metric.quality


@profile
@given(WORLDS, st.sampled_from(("day", "week", "month", "hour", "weekday")))
def test_parts_of_time_add_up(world: World, by: str) -> None:
    with asked(world) as here:
        found = here.report(by=by)
        assert found.breakdown is not None
        queue = {id for id in found.metrics if id.startswith("queue.")}
        but = queue | (NOT_BY_TIME if by in ("day", "week", "month") else PEOPLE)
        assert differ(found, (row.metrics for row in found.breakdown.rows), but) == {}


@profile
@given(WORLDS, st.sampled_from(("hour", "day", "week", "month")))
def test_a_charts_points_add_up_to_the_tiles(world: World, grain: str) -> None:
    with asked(world) as here:
        found = here.report(series=grain)
        points = found.series.points
        for name, id in (
            ("inbound", "human.inbound"),
            ("human_resolved", "human.resolved"),
            ("bot_answered", "selfserve.bot_answered"),
            ("bot_resolved", "selfserve.bot_resolved"),
            ("proactive_delivered", "proactive.delivered"),
            ("opened", "proactive.opened"),
        ):
            if found[id].quality is not Quality.UNAVAILABLE:
                assert sum(getattr(point, name) or 0 for point in points) == found[id].value, name
        if found["selfserve.share_resolved"].quality is not Quality.UNAVAILABLE:
            ends = {node.id: node.value for node in found.funnel.nodes}
            resolved = ends["article_resolved"] + ends["bot_resolved"]
            assert sum(point.selfserve_resolved or 0 for point in points) == resolved
        elif found.filters:
            known = [
                point.selfserve_resolved for each in (found.series, found.monthly, found.daily) for point in each.points
            ]
            assert set(known) <= {None}, "what is not available is in no chart"
        assert found.queue_history[-1].waiting == found["queue.waiting"].value


@profile
@given(WORLDS)
def test_the_list_behind_a_number_is_as_long_as_it_says(world: World) -> None:
    with asked(world) as here:
        found = here.report()
        wrong: dict[str, Any] = {}
        answers = brute.answers(here.lines, **{**here.question.words, "article_rate": "viewers"})
        for metric in BEHIND:
            tile = found[metric]
            if tile.quality is Quality.UNAVAILABLE:
                continue
            rows = conversations_behind(here.reader, here.settings, here.request(), metric, here.question.as_of)
            count = tile.value if tile.n is None else tile.n
            if metric not in ("selfserve.share_resolved", "selfserve.seekers") and len(rows) != count:
                wrong[metric] = (len(rows), count)
            named = {(row.source, row.id) for row in rows}
            # with another reopen window it is open which of the two the rate's 7 days are
            durable = metric == "selfserve.bot_durable_rate" and here.question.reopen_window != WEEK
            if metric != "selfserve.share_resolved" and not durable and named != answers[metric][1]:
                wrong[f"{metric} list"] = (named, answers[metric][1])
        assert wrong == {}


@profile
@given(WORLDS)
def test_what_flows_into_a_node_flows_out(world: World) -> None:
    with asked(world) as here:
        found = here.report().funnel
        for node in found.nodes:
            into = sum(link.value for link in found.links if link.target == node.id)
            out = sum(link.value for link in found.links if link.source == node.id)
            assert node.value == (out if node.id == "seeking" else into)
            assert out in (0, node.value)
