"""The Matrix connector against homeservers that have nothing but what the notes on Matrix name."""

import json
from pathlib import Path

import pytest

from tests.fakes import lapsed, running
from tests.fakes.chat import DAY, HOUR
from tests.fakes.lapsed import LapsedServer
from tests.fakes.minimal_matrix import MinimalMatrix, Reading
from tests.fakes.test_matrix import NOW, SMALL, wrong
from tests.fakes.toolkit import Clock, Hostility

HANDFUL = 7
POOR = Reading("M_UNRECOGNIZED", "name", early=True, bare=True, redacts="top", cap=7)
BLIND = Reading("page", "all", blind=True, redacts="content")
SILENT = Reading("M_NOT_FOUND", "nothing", bare=True, cap=50)


@pytest.mark.parametrize(("seed", "reading"), [(1, POOR), (2, BLIND), (3, SILENT)])
def test_the_named_calls_are_enough(seed: int, reading: Reading, tmp_path: Path) -> None:
    hostility = Hostility(seed=seed, trouble=0.1, duplicates=0.1, kinds=("429", "reset", "empty", "503"))
    world = MinimalMatrix(Clock(NOW), hostility, habits=SMALL, seed=seed, timeline=3, reading=reading)
    with LapsedServer(world) as server:
        program = lapsed.program(tmp_path, server, "matrix", f"channels = {json.dumps(world.channels)}")
        running.killed_at(server, program, 8)
        running.good_sync(program)
        assert wrong(program, world) == {}
        for step in (3 * HOUR, DAY):
            world.clock.move(step)
            running.good_sync(program)
        assert wrong(program, world) == {}
        world.hostility.trouble = 0
        assert running.good_sync(program).requests <= HANDFUL
