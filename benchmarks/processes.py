"""Whole processes, as a prompt, a monitoring system or a script calls them, beside a bare interpreter."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row, milliseconds

BARE = "python -c pass"
COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "status": (("status",), "<= 150"),
    "check queue.waiting": (("check", "queue.waiting", "--warn", "1000000", "--crit", "1000000"), "<= 150"),
    "report --format json": (("report", "--format", "json"), "<= 300"),
    "report --format json, 28 days": (("report", "--period", "last-28d", "--format", "json"), "<= 300"),
    "conversations, 28 days": (("conversations", "--period", "last-28d", "--format", "json"), ""),
}
HEAVY = ("textual", "rich", "httpx", "plotext", "sqlite_utils", "asyncio")
"""Packages that no headless command that reads the cache should pay for."""

ROWS = (
    Row(BARE, "ms"),
    *(Row(name, "ms", budget, BARE) for name, (_, budget) in COMMANDS.items()),
    *(Row(f"heavy packages imported by {name}", "packages", "0") for name in ("status", "check", "report")),
)

_LOOK = """\
import sys
from funnel_tui.cli.app import run
run(sys.argv[2:])
print(sum(name in sys.modules for name in sys.argv[1].split(",")), file=sys.stderr)
"""


def measure(bench: Bench) -> Iterator[Figure]:
    yield Figure(BARE, milliseconds(partial(_run, [sys.executable, "-c", "pass"]), bench.runs))
    config = bench.config()
    for size in bench.sizes:
        path = bench.cache(size).path
        bench.say(f"commands on {size:,} conversations")
        for name, (arguments, _) in COMMANDS.items():
            command = bench.command(config, path, *arguments)
            yield Figure(name, milliseconds(partial(_run, command), bench.runs, patience=bench.patience), size)
        if size == bench.sizes[0]:
            for name in ("status", "check", "report"):
                arguments = COMMANDS[next(known for known in COMMANDS if known.startswith(name))][0]
                rest = bench.command(config, path, *arguments)[3:]
                said = _run([sys.executable, "-c", _LOOK, ",".join(HEAVY), *rest])
                yield Figure(f"heavy packages imported by {name}", (float(said.split()[-1]),))


def _run(command: list[str]) -> str:
    """What it says on stderr. Raises CalledProcessError where it fails."""
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return done.stderr
