"""The program against the slow reference on hostile worlds: shuffled, doubled, on every edge, cut at any moment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.metrics.program import differences, load, merges_itself
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
    cache = tmp_path / "cache.db"
    load(cache, lines, pages=1 + seed % 4)
    assert differences(cache, lines, question) == {}
