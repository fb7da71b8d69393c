"""The real program against a fake server: configuration, syncs, kills, what must hold after each, and comparisons."""

import json
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.end_to_end.agreement import Line, Question, differences, figures, flows, owned
from tests.end_to_end.desk import CONFIG, NAME, ZONE, Program
from tests.end_to_end.tables import unsound
from tests.fakes.toolkit import FakeServer
from tests.reference import brute, words
from tests.reference.replay import replay

PRIVATE = b"private-"
"""What the fakes' names and e-mail addresses of customers begin with: nothing of it may be kept."""
PATIENCE = 60
"""Seconds after which a run that does not end is a failure."""
HURRIED = Path(__file__).with_name("hurried.py")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    lines: list[str]
    """Of stderr."""

    @property
    def requests(self) -> int:
        """As the summary counts them."""
        found = re.search(r"([\d,]+) requests", self.out)
        assert found, self.out
        return int(found[1].replace(",", ""))


class _Machine(Mapping[str, str]):
    """The environment of a machine whose clock is the server's, whenever it is asked."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server

    def __getitem__(self, name: str) -> str:
        world = self._server.world
        return {"DESK_TOKEN": world.token, "PACE": str(self._server.pace), "NOW": str(world.clock.now)}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("DESK_TOKEN", "PACE", "NOW"))

    def __len__(self) -> int:
        return 3


def program(folder: Path, server: FakeServer, kind: str, *, since: str, extra: str = "") -> Program:
    """The command line in a new folder, configured for one source. `extra`: more lines of its table."""
    made = Program(folder, _Machine(server), entry=(str(HURRIED),))
    table = f'[[sources]]\nname = "{NAME}"\nkind = "{kind}"\nbase_url = "{server.url}"\n'
    table += f'token_env = "DESK_TOKEN"\nsince = "{since}"\n{extra}\n'
    made.config.write_text(CONFIG.format(zone=ZONE.key) + table)
    return made


def sync(program: Program, *arguments: str, token: str | None = None) -> Outcome:
    """`sync --once`, with what must hold whatever happens: no traceback, no credential anywhere, a sound cache."""
    with program.start("sync", "--once", *arguments) as process:
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()  # whatever does not end must not outlive its test
    said = out + err
    assert "Traceback" not in said, said
    for secret in {token or program.environment["DESK_TOKEN"], program.environment["DESK_TOKEN"]}:
        assert secret not in said
        for file in program.folder.rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file
    for file in program.folder.rglob("*"):
        assert not file.is_file() or PRIVATE not in file.read_bytes(), f"names or addresses of customers in {file}"
    assert not program.cache.exists() or unsound(program.cache) == []
    return Outcome(process.returncode, out, err.splitlines())


def good_sync(program: Program, *arguments: str) -> Outcome:
    """The same where nothing should fail or be warned of."""
    outcome = sync(program, *arguments)
    assert (outcome.code, outcome.lines) == (0, []), (outcome.code, outcome.lines, outcome.out)
    return outcome


def report(program: Program, period: str = "year") -> dict[str, Any]:
    """The report as of the machine's own now, in a process of its own: its clock says how fresh things are."""
    found: dict[str, Any] = json.loads(program.must("report", "--period", period, "--format", "json"))
    return found


def killed_at(server: FakeServer, program: Program, number: int, *arguments: str) -> bool:
    """Run a sync and kill it while the server holds its n-th call. False if it ended before."""
    begun = len(server.calls)
    process = program.start("sync", "--once", *arguments)

    def strike(count: int) -> None:
        if count - begun == number:
            process.send_signal(signal.SIGKILL)

    server.on_call(strike)
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    finally:
        server.on_call(lambda count: None)
    assert not program.cache.exists() or unsound(program.cache) == []
    return process.returncode == -signal.SIGKILL


def mismatch(
    program: Program,
    lines: Iterable[Line],
    question: Question,
    *,
    untold: Iterable[str] = (),
    apart: Iterable[str] = (),
    funnel: bool = True,
) -> dict[str, Any]:
    """Where the report differs from the reference's figures of these canonical lines; empty where it does not.

    `untold`: metrics (or beginnings of them that end in a dot or a star) that the source cannot tell; `apart`: those
    that are not compared here.
    """
    expected = figures(owned(lines), question)
    report = question.ask(program)
    wrong = differences(report["metrics"], expected, untold=spread(untold, expected), apart=spread(apart, expected))
    if funnel and flows(report) != expected["funnel"].value:
        wrong["funnel"] = (flows(report), expected["funnel"].value)
    return wrong


def spread(names: Iterable[str], all_of: Iterable[str]) -> set[str]:
    """Names, those that end in a dot or a star standing for all that begin so."""
    known = list(all_of)
    return {
        metric
        for name in names
        for metric in known
        if metric == name or (name[-1] in ".*" and metric.startswith(name.rstrip("*")))
    }


def rows(program: Program, question: Question) -> dict[str, Mapping[str, Any]]:
    """The conversations with an episode begun in the period, by id."""
    told = json.loads(program.tells("conversations", "--period", question.period, "--format", "json", at=question.at))
    found = {str(row["id"]): row for row in told}
    assert len(found) == len(told), "a conversation is listed twice"
    return found


def wrong_rows(
    program: Program,
    lines: Iterable[Line],
    question: Question,
    *,
    names: Mapping[str, str] | None = None,
    apart: Iterable[str] = (),
) -> dict[str, Any]:
    """Conversations whose row differs from the reference's, or that are missing or too many. Fields `apart` are not
    compared. `names`: what the program may call a teammate or a team instead of the id."""
    expected = expected_rows(lines, question)
    told = rows(program, question)
    wrong: dict[str, Any] = dict.fromkeys(expected.keys() - told.keys(), "missing")
    wrong |= dict.fromkeys(told.keys() - expected.keys(), "too many")
    for id in expected.keys() & told.keys():
        said, truth = dict(told[id]), expected[id]
        for field in ("created_at", "waiting_since", "closed_at"):
            said[field] = None if said[field] is None else int(datetime.fromisoformat(said[field]).timestamp())
        said["tags"] = sorted(said["tags"])
        for field in ("agent", "team"):
            if truth[field] is not None and said[field] == (names or {}).get(truth[field]):
                said[field] = truth[field]
        differing = {f: (said[f], truth[f]) for f in truth if f not in apart and said[f] != truth[f]}
        if differing:
            wrong[id] = differing
    return wrong


def expected_rows(lines: Iterable[Line], question: Question) -> dict[str, dict[str, Any]]:
    """What the reference makes of the conversations with an episode begun in the period."""
    world = words.read(owned(lines), question.at)
    start, end = brute.bounds(question.period, question.at, ZONE)
    found = {}
    for story in replay(world, 7 * words.DAY):
        begun = [e for e in story.episodes if start <= e.events[0].at < end]
        if not begun:
            continue
        last = begun[-1]
        line = world.conversations.get(story.key, {})
        state = story.state if last is story.now else "closed"
        response = last.first_response
        rated = [r for r in last.ratings[-1:] if not (r[2] and last.replies)]
        found[story.key[1]] = {
            "subject": line.get("subject"),
            "state": state,
            "agent": last.agent,
            "team": story.team,
            "tags": sorted(story.tags),
            "created_at": world.events[story.key][0].at,
            "waiting_since": story.waiting_since if state == "open" else None,
            "first_response_seconds": None if response is None else response[1] - response[0],
            "closed_at": last.closed_at,
            "rating": rated[0][1] if rated else None,
        }
    return found
