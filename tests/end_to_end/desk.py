"""A simulated helpdesk whose clock stands still until a test moves it, and the command line against it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from funnel_tui.cli.app import cli
from funnel_tui.demo.intercom_api import IntercomApi, Request
from funnel_tui.demo.reply import Reply
from funnel_tui.demo.server import DemoServer
from funnel_tui.demo.world.world import World

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/Dublin")
TOKEN = "tok-5f1d0c3a9b7e"
"""Looks like nothing else, so that a search for it in a file or an output means something."""
NAME = "acme"
SINCE = "2026-02-01"
"""The past is read from this day on."""

CONFIG = """\
timezone = "{zone}"

[office_hours]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "09:00"
end = "17:00"

"""
SOURCE = """\
[[sources]]
name = "{name}"
kind = "intercom"
base_url = "{url}"
token_env = "DESK_TOKEN"
since = "{since}"

"""


class _Api(IntercomApi):
    """Remembers what it was asked."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.asked: list[str] = []
        self.heard: Callable[[int], None] = lambda count: None
        self._mutex = Lock()

    def answer(self, request: Request) -> Reply:
        with self._mutex:
            self.asked.append(f"{request.method} {request.path}")
            self.heard(len(self.asked))
        return super().answer(request)


class Desk:
    """One workspace, served on loopback from a thread of this process. `now` is its clock, epoch seconds.

    Without `conversations` it takes no time to make a long past of messages and articles.
    """

    def __init__(self, *, seed: int, days: int, now: int, zone: ZoneInfo = ZONE, conversations: bool = True) -> None:
        self.now = now
        world = World(seed, now, days, zone=zone, clock=self._clock, live=False)
        self._api = _Api(world, self._clock, TOKEN, per_minute=10**9, export_times=(0, 0), real=self._clock)
        self._server = DemoServer(0, self._api, self._clock)
        self.faults = self._server.faults
        self.url = self._server.url
        if conversations:
            world.fill()
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def _clock(self) -> int:
        return self.now

    @property
    def asked(self) -> list[str]:
        """Method and path of every request that was answered, in order."""
        return self._api.asked

    def on_request(self, heard: Callable[[int], None]) -> None:
        """Call `heard` with the number of requests so far, at each before it is answered."""
        self._api.heard = heard

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


@dataclass
class Program:
    """The command line as its user calls it: a process of its own, a configuration, a cache."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: {"DESK_TOKEN": TOKEN})
    cache_name: str = "cache.db"
    entry: tuple[str, ...] = ("-m", "funnel_tui")

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def cache(self) -> Path:
        return self.folder / self.cache_name

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def configure(self, *urls: str, names: tuple[str, ...] = (NAME,), since: str = SINCE) -> "Program":
        sources = [SOURCE.format(name=name, url=url, since=since) for name, url in zip(names, urls, strict=True)]
        self.config.write_text(CONFIG.format(zone=ZONE.key) + "".join(sources))
        return self

    def arguments(self, *rest: str | int | Path, at: int | None = None) -> list[str]:
        moment = [] if at is None else ["--at", str(at)]
        return ["--config", str(self.config), "--db", str(self.cache), *moment, *map(str, rest)]

    @property
    def surroundings(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200", **self.environment}

    def start(self, *arguments: str | int | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *self.entry, *self.arguments(*arguments)],
            env=self.surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | int | Path) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        out, err = process.communicate(timeout=50)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def must(self, *arguments: str | int | Path) -> str:
        """What a command that has to succeed says on stdout."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def tells(self, *arguments: str | int | Path, at: int | None = None) -> str:
        """The same without a new process, for commands that only read."""
        done = CliRunner().invoke(cli, self.arguments(*arguments, at=at))
        assert done.exit_code == 0, f"{arguments}: {done.exit_code}\n{done.output}"
        return done.stdout

    def report(self, *arguments: str, at: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.tells("report", "--format", "json", *arguments, at=at))
        return found
