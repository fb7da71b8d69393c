"""Tables and hand-off reasons on worlds that hypothesis draws: they say what the report and the reference say."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from funnel_tui.metrics import ReportRequest, build_board, build_report
from funnel_tui.metrics.items import EVER
from funnel_tui.model.boards import Ranking, SelfserveBoard
from funnel_tui.model.values import MetricValue, Unit
from funnel_tui.store import Reader
from tests.metrics.boards import UTC
from tests.metrics.program import load, merges_itself
from tests.metrics.test_consistency import Asked, asked
from tests.reference.figures import admits, dimensions
from tests.reference.replay import Episode, replay
from tests.reference.strategies import World, worlds
from tests.reference.words import DAY, Line, read
from tests.reference.worlds import hostile

MORE = os.environ.get("FUNNEL_EXAMPLES")
profile = settings(
    max_examples=int(MORE) if MORE else 40,
    derandomize=MORE is None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
WORLDS = worlds(asked=1, days=st.just(True))
TABLES = (
    ("campaign", "proactive", "campaigns"),
    ("topic", "selfserve", "topics"),
    ("article", "selfserve", "articles"),
)


def board(here: Asked, name: str, **more: Any) -> Any:
    return build_board(here.reader, here.settings, here.request(**more), name, here.question.as_of)


def told(metrics: dict[str, MetricValue], ids: list[str]) -> tuple[Any, ...]:
    found = [metrics[id] for id in ids]
    return tuple((m.value, m.n, m.pending, m.quality, m.low, m.high) for m in found)


@pytest.mark.parametrize(("by", "name", "table"), TABLES)
@profile
@given(world=WORLDS)
def test_a_table_says_what_the_report_says(by: str, name: str, table: str, world: World) -> None:
    with asked(world) as here:
        ranking: Ranking = getattr(board(here, name), table)
        breakdown = here.report(by=by).breakdown
        assert breakdown is not None
        if ranking.reason is not None:
            assert not ranking.rows
            return
        ids = [id for id in (ranking.rows[0].metrics if ranking.rows else ()) if not id.startswith("article.")]
        rows = Counter((row.label, told(dict(row.metrics), ids)) for row in ranking.rows)
        report = Counter((row.label, told(row.metrics, ids)) for row in breakdown.rows)
        note(f"{rows - report} not in the report, {report - rows} not in the table")
        for _, figures in rows - report:
            assert by in ("campaign", "article")  # of which only bounces are counted in the period; read earlier
            assert figures[0][0] == 0
        for _, figures in report - rows:
            assert not any(value for value, *_ in figures)


@pytest.mark.parametrize(("by", "name", "table"), TABLES)
def test_what_a_table_compares_with_is_what_the_table_of_that_time_says(
    by: str, name: str, table: str, tmp_path: Path
) -> None:
    """On crowded worlds, as known at some moments within: of one source, in which an id is one thing."""
    told_before = 0
    for seed in range(4):
        world, path = hostile(seed, conversations=60), tmp_path / str(seed)
        load(path, [line for line in world.lines if not merges_itself(line)], zone=UTC.zone)
        reader = Reader.open(path)
        for later in (0, 4, 30):
            request = ReportRequest(
                period="last-3d" if later < 30 else "last-28d", at=world.as_of + later * DAY, filters={"source": ("a",)}
            )
            now, then = (
                getattr(build_board(reader, UTC, replace(request, earlier=back), name, world.as_of), table)
                for back in (0, 1)
            )
            before = {row.key: row.metrics for row in then.rows}
            breakdown = build_report(reader, UTC, replace(request, by=by), world.as_of).breakdown
            assert breakdown is not None
            lines = {row.key: row.metrics for row in breakdown.rows}
            for row in now.rows:
                ids = [id for id in row.metrics if not id.startswith("article.")]
                assert row.key not in lines or told(dict(row.metrics), ids) == told(lines[row.key], ids)
                for id, metric in row.metrics.items():
                    if id in EVER:
                        assert metric.previous is None
                        continue
                    nothing = 0 if metric.spec.unit is Unit.COUNT else None
                    assert metric.previous == (before[row.key][id].value if row.key in before else nothing)
                    told_before += bool(metric.previous)
    assert told_before > 10


@pytest.mark.parametrize(("by", "name", "table"), TABLES)
@profile
@given(world=WORLDS)
def test_a_table_is_the_same_with_the_ledger_and_from_the_facts(by: str, name: str, table: str, world: World) -> None:
    with asked(world) as here:
        with_ledger = board(here, name)
        here.reader._counts_by_ledger = False
        assert board(here, name) == with_ledger


@pytest.mark.parametrize("seed", range(24))
def test_the_reasons_add_up_and_are_those_of_the_events(seed: int, tmp_path: Path) -> None:
    """On crowded worlds, of all of which a year is asked for: as they ended, or as known somewhere within."""
    world = hostile(seed, conversations=60)
    lines = [line for line in world.lines if not merges_itself(line)]
    load(tmp_path / "c.db", lines, zone=UTC.zone)
    as_of = world.as_of + (30 * DAY if seed % 2 else 0)
    filters = ({}, {}, {"channel": ("chat",)}, {"tag": ("refund",)})[seed % 4]
    request = ReportRequest(period="last-365d", at=as_of + DAY, filters=filters)
    reader = Reader.open(tmp_path / "c.db")
    found = build_board(reader, UTC, request, "selfserve", as_of + DAY)
    assert isinstance(found, SelfserveBoard)
    handed_off = build_report(reader, UTC, request, as_of + DAY)["selfserve.bot_handed_off"]
    expected = Counter(map(reason, handed(lines, as_of + DAY, filters)))
    assert sum(row.count for row in found.handoffs) == handed_off.value == expected.total()
    unsure = expected.pop("either", 0)
    counts = Counter({row.key: row.count for row in found.handoffs if row.count})
    assert counts >= expected
    assert (counts - expected).total() == unsure


def handed(lines: list[Line], as_of: int, filters: Mapping[str, Sequence[str]]) -> list[Episode]:
    """The reference's episodes that were handed off and began in the 365 days before the day of `as_of`."""
    world, end = read(lines, as_of), as_of // DAY * DAY
    return [
        episode
        for story in replay(world, 7 * DAY)
        for episode in story.episodes
        if episode.handed_off and admits(filters, dimensions(world, story, episode))
        if episode.start is not None and end - 365 * DAY <= episode.start < end
    ]


def reason(episode: Episode) -> str:
    """By the events themselves. Where the customer wrote in the second of the reply, the facts cannot tell who came
    first."""
    events = episode.events
    said = episode.first("bot_handoff")
    replied = next((i for i, e in enumerate(events) if i > episode.bot_steps[0] and e.kind == "agent_reply"), None)
    first = min(i for i in (said, replied) if i is not None)
    at, human = events[first].at, episode.response_position
    assert episode.start is not None
    if at < episode.start or (human is not None and at > events[human].at):
        return "handoff_unclear"
    if first != said:
        waited = episode.first_response
        if waited is not None and waited[0] == waited[1]:
            return "either"
        return "handoff_stepped_in" if waited is None else "handoff_left"
    answers = [i for i, e in enumerate(events) if e.kind == "bot_answer"]
    before = [i for i in answers if i < first]
    if not before:
        return "handoff_no_answer"
    asked_again = any(e.kind == "customer_message" for e in events[before[-1] : first])
    return "handoff_asked_again" if asked_again and answers[-1] < first else "handoff_answered"
