"""The demo without a screen: servers for others to read from."""

import json
import signal
import sys
from threading import Event, Thread
from types import FrameType

_SNIPPET = """\
Serving the demo until you press Ctrl+C. To read from it, put this into a configuration file:

timezone = {zone}

[[sources]]
name = "demo"
kind = "intercom"
base_url = {url}
token = {token}
"""


def serve_headless(seed: int, days: int, speed: float) -> int:
    """Serve until SIGINT or SIGTERM and return the exit status.

    Stdout gets one line of JSON with the servers, stderr a config snippet.
    """
    from funnel_tui.demo.server import create

    stop = Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    server, world, announced = create(seed=seed, days=days, speed=speed)
    try:
        Thread(target=world.fill, name="world", daemon=True).start()
        Thread(target=server.serve_forever, name="demo server", daemon=True).start()
        sys.stdout.write(json.dumps({"servers": {"intercom": announced}}) + "\n")
        sys.stdout.flush()
        values = {name: json.dumps(announced[name]) for name in ("zone", "url", "token")}
        sys.stderr.write(_SNIPPET.format(**values))
        stop.wait()
    finally:
        server.shutdown()
        server.server_close()
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0
