"""The real program against a fake server: configuration, syncs, kills, what must hold after each, and comparisons."""

import json
import re
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.agreement import Line, Question, differences, figures, flows, owned
from tests.end_to_end.desk import CONFIG, NAME, ZONE, Program
from tests.end_to_end.tables import unsound
from tests.fakes.toolkit import FakeServer

HURRIED = Path(__file__).with_name("hurried.py")
ROWS = ("state", "channel", "created_at", "waiting_since", "first_response_seconds", "closed_at")
"""What `conversations --format json` says of a row that does not hang on names."""


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


def program(folder: Path, server: FakeServer, kind: str, *, since: str, extra: str = "") -> Program:
    """The command line in a new folder, configured for one source. `extra`: more lines of its table."""
    made = Program(folder, {"DESK_TOKEN": server.world.token, "PACE": str(server.pace)}, entry=(str(HURRIED),))
    table = f'[[sources]]\nname = "{NAME}"\nkind = "{kind}"\nbase_url = "{server.url}"\n'
    table += f'token_env = "DESK_TOKEN"\nsince = "{since}"\n{extra}\n'
    made.config.write_text(CONFIG.format(zone=ZONE.key) + table)
    return made


def sync(program: Program, *arguments: str, token: str | None = None) -> Outcome:
    """`sync --once`, with what must hold whatever happens: no traceback, no credential anywhere, a sound cache."""
    done = program.run("sync", "--once", *arguments)
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    for secret in {token or program.environment["DESK_TOKEN"], program.environment["DESK_TOKEN"]}:
        assert secret not in said
        for file in program.folder.rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file
    assert not program.cache.exists() or unsound(program.cache) == []
    return Outcome(done.returncode, done.stdout, done.stderr.splitlines())


def good_sync(program: Program, *arguments: str) -> Outcome:
    """The same where nothing should fail or be warned of."""
    outcome = sync(program, *arguments)
    assert (outcome.code, outcome.lines) == (0, []), (outcome.code, outcome.lines, outcome.out)
    return outcome


def killed_at(server: FakeServer, program: Program, number: int, *arguments: str) -> bool:
    """Run a sync and kill it while the server holds its n-th call. False if it ended before."""
    begun = len(server.calls)
    process = program.start("sync", "--once", *arguments)

    def strike(count: int) -> None:
        if count - begun == number:
            process.send_signal(signal.SIGKILL)

    server.on_call(strike)
    try:
        process.communicate(timeout=60)
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
