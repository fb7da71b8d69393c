"""What must hold in every world, whatever the figures are."""

import random

import pytest
from hypothesis import HealthCheck, given, settings

from .brute import behind, compute
from .funnel import NODES
from .worlds import Hostile, hostile, worlds

INNER = ("articles", "bot", "team")
RATES = (
    "proactive.open_rate",
    "selfserve.article_resolution_rate",
    "selfserve.bot_resolution_rate",
    "selfserve.bot_durable_rate",
    "selfserve.share_resolved",
    "selfserve.bot_csat",
    "human.reopen_rate",
    "human.one_touch_rate",
    "human.csat",
    "human.csat_low",
    "human.csat_high",
    "human.csat_response_rate",
    "human.within_1m",
    "human.within_10m",
)


@pytest.mark.parametrize("seed", range(40))
def test_order_and_repetition_change_nothing(seed: int) -> None:
    world = hostile(seed)
    figures = compute(world.lines, **world.question)
    dated = [line for line in world.lines if line["type"] in ("event", "article_view")]
    named = [line for line in world.lines if line["type"] not in ("event", "article_view")]
    again = [*dated, *dated[::3]]
    random.Random(seed).shuffle(again)
    assert compute([*again, *named], **world.question) == figures


def test_worlds_of_one_seed_are_equal() -> None:
    assert hostile(3) == hostile(3)
    assert hostile(3) != hostile(4)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_parts_add_up(world: Hostile) -> None:
    figures = compute(world.lines, **world.question)
    value = {metric: figure.value for metric, figure in figures.items()}
    for rate in RATES:
        assert value[rate] is None or 0 <= value[rate] <= 1
    assert value["human.inbound"] == value["human.direct"] + value["human.after_selfserve"]
    confirmed, assumed = value["selfserve.bot_resolved_confirmed"], value["selfserve.bot_resolved_assumed"]
    assert value["selfserve.bot_resolved"] == confirmed + assumed
    assert value["selfserve.bot_resolved"] <= value["selfserve.bot_answered"] <= value["selfserve.bot_involved"]
    assert value["queue.waiting"] <= value["queue.open"]
    assert len(behind(world.lines, "queue.open", **world.question)) == value["queue.open"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_what_flows_in_flows_out(world: Hostile) -> None:
    question = {**world.question, "filters": {}}
    flows = compute(world.lines, **question)["funnel"].value
    for node in NODES:
        into = sum(n for (_, target), n in flows["links"].items() if target == node)
        out = sum(n for (source, _), n in flows["links"].items() if source == node)
        assert flows["nodes"][node] == (out if node == "seeking" else into)
        if node in INNER:
            assert into == out
