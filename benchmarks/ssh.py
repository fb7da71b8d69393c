"""The dashboard over a real SSH session inside tmux: what the link carries, and what is left when it breaks."""

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from benchmarks.bench import Bench
from benchmarks.dashboard import demo, let_fill
from benchmarks.figures import Figure, Row, Skipped
from benchmarks.helpdesk import TOKEN
from benchmarks.hop import Hop, Window, hop, missing, running, until
from benchmarks.keys import ROUND, has_figures
from benchmarks.polled import DAYS, Polled, polled
from benchmarks.terminal import HEIGHT, WIDTH, of_session, processor_time

COLOURS = {"true colours": "truecolor", "256 colours": None}
"""What COLORTERM says on this side; a plain SSH session has none."""
SETTLE = 4.0
LATER = 10.0
_TMUX_KEYS = {"period.month": "3", "drill": "Enter", "back": "Escape", "move.down": "Down"}
PRESSED = tuple((what, _TMUX_KEYS[id]) for what, id, _ in ROUND[:6] if id in _TMUX_KEYS)

GONE, LEFT = "client killed, to the end on the far side", "processes left ten seconds later"
ROWS = (
    *(
        row
        for colours in COLOURS
        for row in (
            Row(f"{colours}: SSH's own start", "bytes"),
            Row(f"{colours}: to the first figures", "ms"),
            Row(f"{colours}: start", "bytes", beside=f"{colours}: SSH's own start"),
            *(Row(f"{colours}: {what}", "bytes") for what, _ in PRESSED),
            Row(f"{colours}: nothing new", "bytes/s", "ticking ages only"),
            Row(f"{colours}: changes every 5 s", "bytes/s", "<= 2,000"),
            Row(f"{colours}: from q to the end", "ms", "<= 1,000"),
        )
    ),
    Row(GONE, "ms", "<= 1,000"),
    Row(LEFT, "", "0"),
)
NOTE = "Bytes are what the server sent as TCP counts it, with all that SSH adds, without its own start."


def measure(bench: Bench) -> Iterator[Figure | Skipped]:
    absent = missing()
    if absent:
        yield Skipped(tuple(row.name for row in ROWS), f"A hop over SSH needs {', '.join(absent)}.")
        return
    with hop(bench.folder / "ssh") as link, polled(bench, "far", speed=0) as still:
        for name, colours in COLOURS.items():
            bench.say(f"over SSH inside tmux, {name}")
            yield from _session(bench, link, still, name, colours)
        bench.say("the link breaks")
        yield from _broken(bench, link)


def _session(bench: Bench, link: Hop, still: Polled, name: str, colours: str | None) -> Iterator[Figure]:
    size = (WIDTH, HEIGHT)
    with Window(link.command(["sleep", "60"]), colours, size):
        until(link.sent)
        base = _quiet(link)
    yield Figure(f"{name}: SSH's own start", (float(base),))
    until(lambda: not link.sent())
    begun = monotonic()
    with Window(link.command(still.command("dash"), BENCHMARK_TOKEN=TOKEN), colours, size) as window:
        window.shows(has_figures)
        yield Figure(f"{name}: to the first figures", ((monotonic() - begun) * 1000,))
        yield Figure(f"{name}: start", (float(_quiet(link) - base),))
        for what, key in PRESSED:
            before = link.sent()
            window.press(key)
            yield Figure(f"{name}: {what}", (float(_quiet(link) - before),))
        sleep(SETTLE)
        yield Figure(f"{name}: nothing new", (_rate(link, bench.seconds),))
        window.press("q")
        pressed = monotonic()
        until(lambda: not running(str(still.cache)))
        yield Figure(f"{name}: from q to the end", ((monotonic() - pressed) * 1000,))
    until(lambda: not link.sent())
    with Window(link.command(demo(bench, DAYS, "60")), colours, size) as window:
        pid = _filled(bench, window)
        yield Figure(f"{name}: changes every 5 s", (_rate(link, bench.seconds),))
        window.press("q")
        until(lambda: not Path(f"/proc/{pid}").exists())
    until(lambda: not link.sent())


def _filled(bench: Bench, window: Window) -> int:
    """The demo on the far side, once its past is in."""
    window.shows(has_figures)
    (pid,) = running(f"{bench.folder}/none.db")
    let_fill(lambda: processor_time(pid), sleep)
    sleep(SETTLE)
    return pid


def _broken(bench: Bench, link: Hop) -> Iterator[Figure]:
    """The demo, which has servers of its own to end as well."""
    with Window(link.command(demo(bench, DAYS, "60")), None, (WIDTH, HEIGHT)) as window:
        session = os.getsid(_filled(bench, window))
        window.cut()
        cut = monotonic()
        while of_session(session) and monotonic() - cut < LATER:
            sleep(0.02)
        gone = monotonic() - cut
    sleep(max(0.0, LATER - (monotonic() - cut)))
    yield Figure(GONE, (gone * 1000,))
    yield Figure(LEFT, (float(len(of_session(session))),))


def _quiet(link: Hop) -> int:
    """Bytes sent so far, once they are no more than a ticking age in half a second."""
    last = link.sent()
    while True:
        sleep(0.5)
        now = link.sent()
        if now - last < 400:
            return now
        last = now


def _rate(link: Hop, seconds: float) -> float:
    before, begun = link.sent(), monotonic()
    sleep(seconds)
    return (link.sent() - before) / (monotonic() - begun)
