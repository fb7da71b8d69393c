"""The demo's helpdesk without its rate limit and without its pauses, in a process of its own.

Like `funnel_tui.demo.server`, which it is made of, it says where it listens in one line of JSON and ends with its
standard input; a byte there stops its clock. Arguments: days of past, speed (0 lets its clock stand still).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import time
from zoneinfo import ZoneInfo

TOKEN = "benchmark"


@dataclass(frozen=True)
class Helpdesk:
    """A running one."""

    url: str
    pid: int
    stop_clock: Callable[[], None]
    """From now on nothing happens there."""


@contextmanager
def helpdesk(environment: dict[str, str], *, days: int, speed: float) -> Iterator[Helpdesk]:
    """A helpdesk with its past filled in. It ends with the context, or with this process."""
    command = [sys.executable, "-m", "benchmarks.helpdesk", str(days), str(speed)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # pipes were asked for
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the helpdesk did not start; its message stands above")

        def stop_clock() -> None:
            assert process.stdin is not None
            process.stdin.write(".")
            process.stdin.flush()

        try:
            yield Helpdesk(json.loads(line)["url"], process.pid, stop_clock)
        finally:
            process.stdin.close()


def main() -> None:
    from benchmarks.setup import busy_zone
    from funnel_tui.demo.intercom_api import IntercomApi
    from funnel_tui.demo.server import DemoServer
    from funnel_tui.demo.world.world import World

    days, speed = int(sys.argv[1]), float(sys.argv[2])
    started = time()
    stopped: list[float] = []

    def clock() -> int:
        return int(started + ((stopped[0] if stopped else time()) - started) * speed)

    world = World(1, int(started), days, zone=ZoneInfo(busy_zone()), clock=clock, speed=speed or 1.0, live=speed > 0)
    api = IntercomApi(world, clock, TOKEN, per_minute=10**9, export_times=(0, 0))
    server = DemoServer(0, api, clock)
    world.fill()
    Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    while os.read(0, 4096):
        stopped.append(time())
    os._exit(0)


if __name__ == "__main__":
    main()
