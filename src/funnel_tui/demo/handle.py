"""Starting the demo's server as a child process, and ending it."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from funnel_tui.model.clock import Clock

STOP_WITHIN = 2.0
"""Seconds after which a child that does not go is killed."""


class DemoError(Exception):
    """The demo's server did not start."""


@dataclass
class DemoHandle:
    """A running demo. It ends with `stop`, and with this process, however that ends."""

    url: str
    token: str
    chat_url: str
    chat_token: str
    channels: tuple[str, ...]
    """The chat's rooms that are worth watching."""
    zone: str
    """IANA zone of the simulated workspace."""
    clock: Clock
    """The demo's time: epoch seconds, faster than real time where asked for."""
    process: subprocess.Popen[str] = field(repr=False)

    def stop(self) -> None:
        """End the server and wait for it. Safe to call twice."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> "DemoHandle":
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()


def start_demo(
    *, seed: int = 1, days: int = 90, speed: float = 1.0, zone: str | None = None, arguments: tuple[str, ...] = ()
) -> DemoHandle:
    """Start the server and return as soon as it listens; its past fills in behind.

    `zone`: the workspace's, default the system's. `arguments`: more of the server's own options. Raises DemoError.
    """
    command = [
        sys.executable,
        "-m",
        "funnel_tui.demo.server",
        "--until-stdin-closes",
        "--seed",
        str(seed),
        "--days",
        str(days),
        "--speed",
        str(speed),
        *(("--zone", zone) if zone else ()),
        *arguments,
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=child_environment(),
    )
    assert process.stdout is not None  # a pipe was asked for
    line = process.stdout.readline()
    if not line:
        process.communicate()
        raise DemoError(
            f"the demo server ended with status {process.returncode}; run it by hand: {' '.join(command[1:])}"
        )
    said = json.loads(line)
    anchor, started, pace = int(said["anchor"]), float(said["started"]), float(said["speed"])
    return DemoHandle(
        url=said["url"],
        token=said["token"],
        chat_url=said["chat"]["url"],
        chat_token=said["chat"]["token"],
        channels=tuple(said["chat"]["channels"]),
        zone=said["zone"],
        clock=lambda: anchor + int((time.time() - started) * pace),
        process=process,
    )


def child_environment() -> dict[str, str]:
    """Ours, with this package in reach of the child."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
