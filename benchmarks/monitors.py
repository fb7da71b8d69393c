"""The dashboard beside other Textual programs in the same run: the smallest there is, and a monitor that people use.

The monitor is dolphie, which watches an idle MariaDB of our own on loopback.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from benchmarks.bench import Bench, environment
from benchmarks.dashboard import watched
from benchmarks.figures import Figure, Row, Skipped
from benchmarks.keys import has_figures
from benchmarks.polled import polled
from benchmarks.terminal import Terminal

BARE, OURS, PEER = "bare Textual app", "this dashboard", "dolphie"
PACKAGE = "dolphie==6.18.0"
REFRESH = 5
"""Seconds between two looks of both monitors."""
WARM = 6.0
"""Seconds that a start has an effect for."""
SERVER_PATIENCE = 30.0


FIGURES = {
    "first numbers": "ms",
    "sent until then": "bytes",
    "nothing new: CPU": "%",
    "nothing new: to the terminal": "bytes/s",
    "resident": "MB",
    "from q to the end": "ms",
}


def _rows(what: str) -> tuple[Row, ...]:
    beside = PEER if what == OURS else ""
    return tuple(Row(f"{what}: {name}", unit, beside=beside and f"{PEER}: {name}") for name, unit in FIGURES.items())


ROWS = tuple(row for what in (BARE, OURS, PEER) for row in _rows(what))
NOTE = (
    f"{PEER.title()} is what ours is: a monitor that fills a screen with what a server tells it, on the same Textual."
    " (tiptop, the other one tried, needs no server, but it comes with Textual 0.1.)"
    f" It watches an idle MariaDB and looks every {REFRESH} s, as our dashboard looks at a helpdesk in which"
    " nothing happens. Of the bare app the one word that it shows counts as its first numbers; it ends on Ctrl+Q."
)


def measure(bench: Bench) -> Iterator[Figure | Skipped]:
    command = [sys.executable, "-m", "benchmarks.bare"]
    bench.say("a bare Textual app")
    yield from _one(bench, BARE, lambda: Terminal(command, environment()), lambda text: "ready" in text, "\x11")
    bench.say("this dashboard beside it")
    with polled(bench, "beside", speed=0) as source:
        yield from _one(bench, OURS, source.dash, has_figures, "q")
    rows = tuple(row.name for row in _rows(PEER))
    server = shutil.which("mariadbd", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
    if not bench.peer:
        yield Skipped(rows, f"`--peer` measures {PEER} too: it is installed into a folder of its own.")
    elif server is None:
        yield Skipped(rows, f"{PEER.title()} needs `mariadbd` (Debian's mariadb-server-core), which is not installed.")
    else:
        yield from _peer(bench, server, rows)


def _peer(bench: Bench, server: str, rows: tuple[str, ...]) -> Iterator[Figure | Skipped]:
    bench.say(f"installing {PACKAGE}")
    program = _installed(bench.caches / "dolphie")
    if program is None:
        yield Skipped(rows, f"{PACKAGE} could not be installed.")
        return
    bench.say(f"{PEER} beside it")
    home = bench.folder / "home"
    home.mkdir()
    with _mariadb(bench.folder / "mariadb", server) as port:
        # The last option keeps it from looking for a newer version of itself.
        where = ("-u", "root", "-h", "127.0.0.1", "-P", str(port), "--pypi-repo", "http://127.0.0.1:9/")
        command = [str(program), *where, "-r", str(REFRESH)]
        plain = {name: value for name, value in environment(HOME=str(home)).items() if name != "PYTHONPATH"}
        yield from _one(bench, PEER, lambda: Terminal(command, plain), lambda text: "Processlist (" in text, "q")


def _one(
    bench: Bench, what: str, start: Callable[[], Terminal], ready: Callable[[str], object], end: str
) -> Iterator[Figure]:
    begun: list[float] = []
    sent: list[float] = []
    for turn in range(bench.runs):
        with start() as terminal:
            begun.append(terminal.shows(ready) * 1000)
            sent.append(float(terminal.bytes - terminal.unseen))
            if turn < bench.runs - 1:
                terminal.end(end)
                continue
            terminal.watch(WARM)
            cpu, rate, memory = watched(terminal, bench.seconds)
            ended = terminal.end(end) * 1000
    values = (tuple(begun), tuple(sent), (cpu,), (rate,), (memory,), (ended,))
    yield from (Figure(row.name, samples) for row, samples in zip(_rows(what), values, strict=True))


def _installed(folder: Path) -> Path | None:
    """The program in an environment of its own; None where it cannot be had."""
    program = folder / "bin" / "dolphie"
    if program.exists():
        return program
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PACKAGE]
        subprocess.run(pip, check=True, capture_output=True)
    except subprocess.CalledProcessError:
        return None
    return program if program.exists() else None


@contextmanager
def _mariadb(folder: Path, server: str) -> Iterator[int]:
    """The port of an empty server that lets everybody on loopback in. It ends with the context."""
    data = folder / "data"
    data.mkdir(parents=True)
    port = free_port()
    command = [server, "--no-defaults", "--skip-grant-tables", f"--datadir={data}", f"--socket={folder / 'socket'}"]
    command += [f"--port={port}", "--bind-address=127.0.0.1", *(["--user=root"] if os.geteuid() == 0 else [])]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = monotonic() + SERVER_PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            if monotonic() > give_up or process.poll() is not None:
                raise RuntimeError("MariaDB did not start") from None
            sleep(0.1)
        else:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
