"""The program against the slow reference on hostile worlds: shuffled, doubled, on every edge, cut at any moment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.metrics.program import figures, load
from tests.reference import brute
from tests.reference.worlds import hostile

FILTERS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {},
    {},
    {"team": ("Billing",)},
    {"channel": ("chat", "email")},
    {"agent": ("Ann",)},
    {"source": ("a",)},
    {"tag": ("refund",)},
    {"team": ("sales", "billing"), "channel": ("CHAT",)},
)


@pytest.mark.parametrize("seed", range(120))
def test_every_figure_equals_the_references(seed: int, tmp_path: Path) -> None:
    world = hostile(seed)
    lines = [line for line in world.lines if not merges_itself(line)]
    question: dict[str, Any] = {
        "start": world.start,
        "end": world.end,
        "as_of": world.as_of,
        "zone": world.zone,
        "filters": FILTERS[seed % len(FILTERS)],
    }
    expected = brute.compute(lines, **question)
    cache = tmp_path / "cache.db"
    load(cache, lines, pages=1 + seed % 4)
    found = figures(cache, **question)
    wrong = {}
    for metric, figure in expected.items():
        if metric == "funnel":
            if figure.available:
                flows = {pair: n for pair, n in figure.value["links"].items() if n}
                if found[metric] != {"nodes": figure.value["nodes"], "links": flows}:
                    wrong[metric] = (found[metric], figure.value)
        elif not figure.available:
            if found[metric][3] is None:
                wrong[metric] = (found[metric], "unavailable")
        elif ".first_response_office" not in metric and not same(found[metric], figure):
            wrong[metric] = (found[metric], figure)
    assert not wrong


def same(found: tuple[Any, ...], figure: brute.Figure) -> bool:
    value, n, pending, _ = found
    return (value == pytest.approx(figure.value, abs=1e-9)) and (n, pending) == (figure.n, figure.pending)


def merges_itself(line: Mapping[str, Any]) -> bool:
    """The parser refuses these."""
    return line.get("kind") == "merged_into" and str(line.get("to")) == str(line["conversation"])
