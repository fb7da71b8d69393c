"""The program against the slow reference on small worlds that hypothesis draws, and shrinks where the two disagree.

`FUNNEL_EXAMPLES=2000` looks at so many worlds, other ones each time, instead of the same few.
"""

import json
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings

from tests.metrics.program import WEEK, differences, load, merges_itself
from tests.reference.strategies import World, worlds

MORE = os.environ.get("FUNNEL_EXAMPLES")
profile = settings(
    max_examples=int(MORE) if MORE else 150,
    derandomize=MORE is None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@profile
@given(worlds())
def test_every_figure_equals_the_references(world: World) -> None:
    lines = [line for line in world.lines if not merges_itself(line)]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache.db"
        load(
            cache,
            lines,
            reopen_window=world.questions[0].reopen_window,
            pages=world.pages,
            zone=world.zone,
            office_hours=world.office_hours,
            clocks=world.clocks,
        )
        for question in world.questions:
            wrong = differences(cache, lines, question.words)
            if question.reopen_window != WEEK:
                wrong.pop("selfserve.bot_durable_rate", None)
            for line in lines:
                note(json.dumps(line))
            note(f"{question}")
            for metric, (found, figure) in wrong.items():
                note(f"{metric}: {found}, expected {figure}")
            assert not wrong, "the program and the reference disagree"
