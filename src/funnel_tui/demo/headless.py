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

[[sources]]
name = "demo-chat"
kind = "matrix"
base_url = {chat_url}
channels = {channels}
token = {chat_token}
"""


def serve_headless(seed: int, days: int, speed: float) -> int:
    """Serve until SIGINT or SIGTERM and return the exit status.

    Stdout gets one line of JSON with the servers, stderr a config snippet.
    """
    from funnel_tui.demo.server import create, create_chat

    stop = Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    server, world, announced = create(seed=seed, days=days, speed=speed)
    chat, chat_announced = create_chat(world, server.clock)
    try:
        Thread(target=world.fill, name="world", daemon=True).start()
        for name, serving in (("demo server", server), ("demo chat", chat)):
            Thread(target=serving.serve_forever, name=name, daemon=True).start()
        sys.stdout.write(json.dumps({"servers": {"intercom": announced, "matrix": chat_announced}}) + "\n")
        sys.stdout.flush()
        values = {name: json.dumps(announced[name]) for name in ("zone", "url", "token")}
        values["channels"] = json.dumps(chat_announced["channels"])
        values |= {f"chat_{name}": json.dumps(chat_announced[name]) for name in ("url", "token")}
        sys.stderr.write(_SNIPPET.format(**values))
        stop.wait()
    finally:
        for serving in (server, chat):
            serving.shutdown()
            serving.server_close()
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0
