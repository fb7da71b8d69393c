"""Every way in which the dashboard is ended, while it polls: how quickly, and what it leaves behind."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from time import sleep

from benchmarks.bench import Bench
from benchmarks.dashboard import demo
from benchmarks.figures import Figure, Row
from benchmarks.keys import has_figures, key
from benchmarks.polled import DAYS, polled, surroundings, unsound
from benchmarks.terminal import Terminal, of_session


@dataclass(frozen=True)
class Ending:
    """`how`: a key, a signal, or None where the terminal closes."""

    name: str
    how: str | signal.Signals | None
    leads: bool = True
    """Whether the kernel tells the process that its terminal has gone."""
    deaf: bool = False
    """Whether the terminal stopped reading before."""


ENDINGS = (
    Ending("q", "q"),
    Ending("SIGTERM", signal.SIGTERM),
    Ending("SIGHUP", signal.SIGHUP),
    Ending("closed terminal", None),
    Ending("closed terminal, SIGHUP ignored", None, leads=False),
    Ending("SIGTERM, terminal that does not read", signal.SIGTERM, deaf=True),
)
DEMO = "demo with its servers"
RESTORED, LEFT, UNSOUND = "terminals not restored", "processes left a second later", "caches not sound afterwards"
ROWS = (
    *(Row(f"from {ending.name} to the end", "ms", "<= 1,000") for ending in ENDINGS),
    *(Row(f"{DEMO}, from {ending.name} to the end", "ms", "<= 1,000") for ending in ENDINGS),
    Row(RESTORED, "", "0"),
    Row(LEFT, "", "0"),
    Row(UNSOUND, "", "0"),
)


@dataclass
class _Traces:
    """What endings left that they should not."""

    crooked: int = 0
    left: int = 0
    unsound: int = 0


def measure(bench: Bench) -> Iterator[Figure]:
    traces = _Traces()
    with polled(bench, "ending", speed=60) as source:
        for ending in ENDINGS:
            bench.say(f"ending it by {ending.name}")
            spent = []
            for _ in range(bench.runs):
                spent.append(_end(Terminal(source.command("dash"), surroundings(), leads=ending.leads), ending, traces))
                traces.unsound += unsound(source.cache) > 0
            yield Figure(f"from {ending.name} to the end", tuple(spent))
    command = demo(bench, DAYS, "1")
    for ending in ENDINGS:
        bench.say(f"ending the demo by {ending.name}")
        spent = [_end(Terminal(command, surroundings(), leads=ending.leads), ending, traces)]
        yield Figure(f"{DEMO}, from {ending.name} to the end", tuple(spent))
    yield Figure(RESTORED, (float(traces.crooked),))
    yield Figure(LEFT, (float(traces.left),))
    yield Figure(UNSOUND, (float(traces.unsound),))


def _end(terminal: Terminal, ending: Ending, traces: _Traces) -> float:
    """Milliseconds to the end, in the middle of polling."""
    with terminal:
        terminal.shows(has_figures)
        terminal.watch(1.0)
        if ending.deaf:
            terminal.stop_reading(key("theme"))
        spent = terminal.end(ending.how, reading=not ending.deaf) * 1000
        # What the writer had queued is lost with a terminal that does not read; its modes must not be.
        if ending.how is not None:
            terminal.watch(0.2)
            traces.crooked += not (terminal.sane if ending.deaf else terminal.restored)
        sleep(1.0)
        traces.left += len(of_session(terminal.process.pid))
    return spent
