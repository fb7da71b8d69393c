"""The Request Tracker connector against a server that has nothing but what the notes on its REST2 name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import Program
from tests.fakes import running
from tests.fakes.minimal_rt import DAY, HOUR, Desk, MinimalRt, Reading
from tests.fakes.toolkit import Clock, FakeServer, Hostility

END = 1_772_632_800
BEGIN = END - 30 * DAY
UNTOLD = (
    *("human.csat*", "human.direct", "human.after_selfserve", "proactive.", "selfserve.article*", "selfserve.bot*"),
    *("selfserve.share_resolved", "internal.", "queue.with_bot", "queue.on_duty"),
)
HANDFUL = 12
"""Requests: the site, the queues and their names, transactions, and for some accounts tickets."""
AWKWARD = Reading("anna", "America/New_York", "password", "numbered", "object", "named", False, True, "1", "nothing")
BLIND = Reading("root", "Asia/Kolkata", "token", "text", "number", "text", True, False, True, "blind", True)


@contextmanager
def desk(seed: int, reading: Reading, **more: Any) -> Iterator[FakeServer]:
    made = Desk(seed, BEGIN, END + 20 * DAY, 40, late=30)
    with FakeServer(MinimalRt(made, Clock(made.quiet(END)), reading, Hostility(seed=seed, **more))) as server:
        world_of(server).base = server.url
        yield server


def world_of(server: FakeServer) -> MinimalRt:
    assert isinstance(server.world, MinimalRt)
    return server.world


def program(folder: Path, server: FakeServer) -> Program:
    reading = world_of(server).reading
    extra = f'user = "{reading.who}"' if reading.secret == "password" else ""
    return running.program(folder, server, "rt", since="2026-01-20", extra=extra)


def differences(server: FakeServer, program: Program) -> dict[str, Any]:
    world = world_of(server)
    question = Question("year", world.clock.now)
    known = world.desk.lines(question.at, world.reading.who == "root")
    wrong = running.mismatch(program, known, question, untold=UNTOLD, funnel=False)
    return wrong | running.wrong_rows(program, known, question)


@pytest.mark.parametrize(("seed", "reading"), [(1, AWKWARD), (2, BLIND)])
def test_the_named_calls_are_enough(seed: int, reading: Reading, tmp_path: Path) -> None:
    with desk(seed, reading) as server:
        reader, world = program(tmp_path, server), world_of(server)
        running.good_sync(reader)
        assert differences(server, reader) == {}
        for step in (3 * HOUR, 6 * DAY):
            world.clock.now = world.desk.quiet(world.clock.now + step)
            running.good_sync(reader)
        assert differences(server, reader) == {}
        assert running.good_sync(reader).requests <= HANDFUL


def test_trouble_and_a_kill(tmp_path: Path) -> None:
    with desk(3, replace(AWKWARD, query="refused"), trouble=0.08, duplicates=0.2, disorder=True) as server:
        reader = program(tmp_path, server)
        assert running.killed_at(server, reader, 30)
        running.good_sync(reader)
        assert differences(server, reader) == {}
