"""From the helpdesk's HTTP to the report: every figure equals what a plain reader and the slow reference make of it."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from funnel_tui.config_file import load
from funnel_tui.metrics import CATALOGUE, ReportRequest, build_report
from funnel_tui.store import Reader
from tests.end_to_end import wire_brute
from tests.end_to_end.agreement import (
    APPROXIMATE,
    COUNTED,
    DAY,
    UNTOLD,
    Line,
    Question,
    differences,
    earlier_differences,
    figures,
    flows,
    owned,
)
from tests.end_to_end.desk import SINCE, TOKEN, ZONE, Desk, Program
from tests.reference import brute
from tests.reference.figures import Answers

NOW = 1_772_632_800
"""Wednesday, 4 March 2026, 14:00 in Dublin: a working afternoon with a queue."""
DAYS = 10
BEFORE = int(datetime.fromisoformat(SINCE).replace(tzinfo=ZONE).timestamp())
"""The cache knows of nothing before this moment."""

QUESTIONS = (
    Question("month", NOW, "previous"),
    Question("today", NOW, "previous"),
    Question("week", NOW, "year"),
    Question("yesterday", NOW, "previous"),
    Question("last-7d", NOW - DAY, "previous"),
    Question("2026-02-24..2026-02-26", NOW - 3 * DAY, "previous"),
    Question("quarter", NOW - 5 * DAY - 12_345),
    Question("year", NOW, filters={"team": ("billing",)}),
    Question("year", NOW - 4 * DAY, filters={"team": ("Technical", "Onboarding"), "channel": ("chat",)}),
    Question("month", NOW, "previous", {"channel": ("email",)}),
    Question("year", NOW, filters={"tag": ("VIP",)}),
    Question("year", NOW, filters={"agent": ("pax linnerud",)}),
    Question("year", NOW, filters={"source": ("acme",), "origin": ("operator_initiated", "admin_initiated")}),
    Question("year", NOW, filters={"source": ("another",)}),
)
DRILLED = (
    *("human.inbound", "human.direct", "human.resolved", "human.reopened", "human.closed_unanswered"),
    *("human.first_response.median", "human.response.p90", "human.csat", "human.reassigned"),
    *("selfserve.bot_answered", "selfserve.bot_resolved", "selfserve.bot_handed_off", "selfserve.bot_csat"),
    *("queue.open", "queue.waiting", "queue.snoozed", "queue.with_bot", "queue.unassigned"),
)


@dataclass(frozen=True)
class Scene:
    """A synced cache, and what the plain reader read from the same server at the same moment."""

    program: Program
    reading: wire_brute.Reading
    lines: list[Line]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    with Desk(seed=5, days=DAYS, now=NOW) as desk:
        program = Program(tmp_path_factory.mktemp("desk")).configure(desk.url)
        program.must("sync", "--once")
        reading = wire_brute.read(desk.url, TOKEN, since=NOW - 40 * DAY, until=NOW)
    return Scene(program, reading, owned(reading.lines))


def test_the_world_is_worth_comparing(scene: Scene) -> None:
    """Every metric that the source tells has something to count; nothing agrees by being empty."""
    found = figures(scene.lines, Question("year", NOW))
    empty = {metric for metric, figure in found.items() if not figure.value and not metric.startswith("selfserve.art")}
    assert empty <= {"selfserve.bot_durable_rate", "proactive.bounced"}
    assert len(scene.reading.listed) > 500


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.period} {dict(q.filters)}")
def test_a_report_says_what_the_reference_says(scene: Scene, question: Question) -> None:
    told = question.ask(scene.program)
    expected = figures(scene.lines, question)
    assert told["metrics"].keys() == CATALOGUE.keys()
    assert differences(told["metrics"], expected, untold=UNTOLD | COUNTED) == {}
    assert dates(told["period"]) == brute.bounds(question.period, question.at, ZONE)
    if question.compare != "none":
        assert dates(told["comparison"]) == question.compared
        if question.compared[0] < BEFORE:
            # Nothing is known of that time: neither a value nor a nought to compare with.
            assert {metric["previous"] for metric in told["metrics"].values()} == {None}
            assert {metric["verdict"] for metric in told["metrics"].values()} == {None}
        else:
            before = figures(scene.lines, question, question.compared)
            assert earlier_differences(told["metrics"], before, untold=UNTOLD | COUNTED) == {}


def test_a_change_is_that_of_the_two_values_beside_it(scene: Scene) -> None:
    for id, metric in QUESTIONS[0].ask(scene.program)["metrics"].items():
        now, then = metric["value"], metric["previous"]
        if now is None or then is None or (metric["unit"] != "ratio" and not then):
            assert metric["change"] is None, id
        else:
            change = now - then if metric["unit"] == "ratio" else (now - then) / then
            assert metric["change"] == pytest.approx(change, abs=1e-9), id


def test_quality_says_what_the_source_cannot_tell(scene: Scene) -> None:
    metrics = QUESTIONS[0].ask(scene.program)["metrics"]
    unavailable = {id for id, metric in metrics.items() if metric["quality"] == "unavailable"}
    assert {id for id in unavailable if not id.startswith("savings.")} == UNTOLD | COUNTED
    assert {id for id, metric in metrics.items() if metric["quality"] == "approximate"} == APPROXIMATE - COUNTED
    assert all(metric["reason"] for metric in metrics.values() if metric["quality"] != "exact")
    assert all(metrics[id]["value"] is None for id in unavailable)


def test_the_funnel_is_the_references_and_loses_nobody(scene: Scene) -> None:
    question = QUESTIONS[0]
    told = flows(question.ask(scene.program))
    assert told == figures(scene.lines, question)["funnel"].value
    for node, value in told["nodes"].items():
        into = sum(n for (_, target), n in told["links"].items() if target == node)
        out = sum(n for (source, _), n in told["links"].items() if source == node)
        assert node == "seeking" or into == value, node
        assert out in (0, value), node


@pytest.fixture(scope="module")
def month(scene: Scene) -> Answers:
    """The reference's figures of the month, with the conversations behind each."""
    start, end = brute.bounds("month", NOW, ZONE)
    return brute.answers(scene.lines, start=start, end=end, as_of=NOW, zone=ZONE)


@pytest.mark.parametrize("metric", DRILLED)
def test_behind_a_number_stand_the_references_conversations(scene: Scene, month: Answers, metric: str) -> None:
    figure, expected = month[metric]
    told = json.loads(
        scene.program.tells("conversations", "--period", "month", "--metric", metric, "--format", "json", at=NOW)
    )
    assert {(row["source"], row["id"]) for row in told} == expected
    items = figure.value if figure.n is None else figure.n
    assert len(expected) <= len(told) <= items
    if metric != "human.reassigned":  # several of them may stand in one episode
        assert len(told) == items


def test_the_breakdown_by_team_is_the_report_of_each_team(scene: Scene) -> None:
    question = Question("year", NOW)
    rows = question.ask(scene.program, "--by", "team")["breakdown"]["rows"]
    assert {row["label"] for row in rows} >= {"Billing", "Technical", "Onboarding"}
    for row in rows:
        if row["label"] in ("Billing", "Technical", "Onboarding"):
            mine = figures(scene.lines, question, filters={"team": (row["label"],)})
            told = {id: row["metrics"][id] for id in mine if id in row["metrics"]}
            assert differences(told, {id: mine[id] for id in told}, untold=UNTOLD | COUNTED) == {}
    whole = figures(scene.lines, question)
    for metric in ("human.resolved", "human.inbound", "queue.open", "selfserve.bot_answered"):
        assert sum(row["metrics"][metric]["value"] for row in rows) == whole[metric].value, metric


def test_tile_chart_and_table_agree(scene: Scene) -> None:
    """A day's point is the day's report; the days' counts add up to the period's."""
    question = Question("2026-02-24..2026-03-04", NOW)
    told = question.ask(scene.program, "--series", "day")
    points = told["series"]["points"]
    assert len(points) == 9
    for point in points:
        begin = int(datetime.fromisoformat(point["start"]).timestamp())
        day = figures(scene.lines, question, (begin, begin + DAY))
        assert (point["human_resolved"], point["proactive_delivered"], point["seekers"]) == tuple(
            day[metric].value for metric in ("human.resolved", "proactive.delivered", "selfserve.seekers")
        )
    values = {id: metric["value"] for id, metric in told["metrics"].items()}
    assert sum(point["human_resolved"] for point in points) == values["human.resolved"]
    assert sum(point["proactive_delivered"] for point in points) == values["proactive.delivered"]
    table = question.ask(scene.program, "--by", "day")["breakdown"]["rows"]
    resolved = [row["metrics"]["human.resolved"]["value"] for row in table]
    assert sum(resolved) == values["human.resolved"]
    assert sorted(resolved) == sorted(point["human_resolved"] for point in points)


def test_the_queues_last_point_is_the_queue(scene: Scene) -> None:
    reader = Reader.open(scene.program.cache)
    settings = load(scene.program.config)
    for at in (NOW, NOW - DAY, NOW - 100 * 3600):
        report = build_report(reader, settings, ReportRequest(period="today", compare="none", at=at), at)
        expected = figures(scene.lines, Question("today", at))["queue.waiting"].value
        assert report.queue_history[-1].at == at
        assert report.queue_history[-1].waiting == report.metrics["queue.waiting"].value == expected
    reader.close()


def test_what_is_imported_says_the_same(scene: Scene, tmp_path: Path) -> None:
    """The plain reader's lines, shuffled, in two files that overlap, through `import` into a cache of their own."""
    lines = [json.dumps(line) for line in scene.reading.lines]
    random.Random(7).shuffle(lines)
    (tmp_path / "one.jsonl").write_text("\n".join(lines[: len(lines) * 2 // 3]) + "\n")
    (tmp_path / "two.jsonl").write_text("\n".join(lines[len(lines) // 3 :]) + "\n")
    other = Program(tmp_path, cache_name="other.db").configure("http://127.0.0.1:9")
    other.must("import", tmp_path / "one.jsonl")
    other.must("import", tmp_path / "two.jsonl")
    mine = owned(scene.reading.lines, "import")
    for question in (QUESTIONS[0], QUESTIONS[5], QUESTIONS[8]):
        told, synced = question.ask(other), question.ask(scene.program)
        internal = {id for id in UNTOLD if id.startswith("internal.")}
        assert differences(told["metrics"], figures(mine, question), untold=internal) == {}
        assert flows(told) == flows(synced)
        both = told["metrics"].keys() - UNTOLD - COUNTED
        assert {id: bare(told["metrics"][id]) for id in both} == {id: bare(synced["metrics"][id]) for id in both}


def test_lists_searches_and_single_reads_tell_of_the_same_conversations(scene: Scene) -> None:
    """The plain reader's list against what the connector's searches brought into the cache."""
    told = json.loads(scene.program.tells("conversations", "--period", "year", "--format", "json", at=NOW))
    merged = {line["conversation"] for line in scene.reading.lines if line.get("kind") == "merged_into"}
    started = {line["conversation"] for line in scene.reading.lines if line.get("kind") == "customer_message"}
    assert {row["id"] for row in told} == started - merged


def bare(metric: Mapping[str, Any]) -> dict[str, Any]:
    """A metric without what the kind of source says of its worth."""
    return {name: value for name, value in metric.items() if name not in ("quality", "reason")}


def dates(span: Mapping[str, Any]) -> tuple[int, int]:
    start, end = (int(datetime.fromisoformat(span[name]).timestamp()) for name in ("start", "end"))
    return start, end
