"""The real program against a Slack of five methods (`minimal_slack.py`)."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.desk import ZONE
from tests.fakes import chat, lapsed
from tests.fakes.lapsed import LapsedProgram, LapsedServer
from tests.fakes.minimal_slack import MinimalSlack, Reading
from tests.fakes.toolkit import Hostility
from tests.reference import brute

BARE = Reading(most=20, listed=2, end="absent", more=False, kinds=False, parent="filtered", bot="subtype", form="html")
SMALL = Reading(small=True, end="null", latest=False, private="missing_scope", root="tombstone")
TROUBLE = ("429", "500", "502", "503", "reset", "truncated", "empty", "html", "cut_off")


@contextmanager
def slack(folder: Path, world: MinimalSlack) -> Iterator[tuple[LapsedServer, LapsedProgram]]:
    channels = ", ".join(f'"#{name}"' for name in world.chat.channels)
    with LapsedServer(world, pace=1) as server:
        yield server, lapsed.program(folder, server, "slack", f"channels = [{channels}]", below="/api")


def sync(program: LapsedProgram, *arguments: str) -> int:
    """The number of requests."""
    done = program.run("sync", "--once", "--wait", "100000", *arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for file in program.folder.rglob("*"):
        assert not file.is_file() or program.environment["DESK_TOKEN"].encode() not in file.read_bytes()
    found = re.search(r"([\d,]+) requests", done.stdout)
    assert found
    return int(found[1].replace(",", ""))


def killed(server: LapsedServer, program: LapsedProgram, number: int) -> bool:
    begun = len(server.calls)
    process = program.start("sync", "--once", "--wait", "100000")
    server.on_call(lambda count: process.send_signal(signal.SIGKILL) if count - begun == number else None)
    try:
        process.communicate(timeout=lapsed.PATIENCE)
    finally:
        process.kill()
        server.on_call(lambda count: None)
    return process.returncode == -signal.SIGKILL


def differences(world: MinimalSlack, program: LapsedProgram) -> dict[str, object]:
    now = world.clock.now
    told = program.report("--period", "year", "--compare", "none", at=now)["metrics"]
    return chat.differences(told, world.chat.figures(now, *brute.bounds("year", now, ZONE)))


def test_five_methods_suffice(tmp_path: Path) -> None:
    world = MinimalSlack(
        3, threads=8, amends=True, reading=BARE, hostility=Hostility(seed=3, trouble=0.05, kinds=TROUBLE)
    )
    with slack(tmp_path, world) as (server, program):
        assert killed(server, program, 9)
        sync(program)
        assert differences(world, program) == {}
        assert sync(program) < 15
        world.clock.move(2 * 86_400)
        sync(program, "--full")
        assert differences(world, program) == {}
        assert len(server.over_limit) == 0


def test_fifteen_messages_a_minute(tmp_path: Path) -> None:
    world = MinimalSlack(4, threads=18, reading=SMALL)
    with slack(tmp_path, world) as (server, program):
        sync(program)
        assert differences(world, program) == {}
        assert len(server.over_limit) <= 2  # nothing but a refusal tells of this limit before a page is full
        world.clock.move(7 * 3600)
        sync(program)
        assert differences(world, program) == {}
