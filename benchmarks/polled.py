"""The dashboard on a helpdesk in which things happen, and whether its cache is what the helpdesk says in the end."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from benchmarks.bench import Bench, environment
from benchmarks.helpdesk import TOKEN, Helpdesk, helpdesk
from benchmarks.setup import SOURCE
from benchmarks.terminal import Terminal
from funnel_tui.store import Reader

DAYS = 5
"""Past of the helpdesk: small, because it is read many times."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Polled:
    """A helpdesk, the configuration that reads it, and a cache in step with it."""

    bench: Bench
    desk: Helpdesk
    config: Path
    cache: Path

    def command(self, *arguments: str, cache: Path | None = None) -> list[str]:
        return self.bench.command(self.config, cache or self.cache, *arguments)

    def dash(self, **how: Any) -> Terminal:
        return Terminal(self.command("dash"), surroundings(), **how)

    def run(self, *arguments: str, cache: Path | None = None) -> str:
        """What a command says. Raises CalledProcessError where it fails."""
        command = self.command(*arguments, cache=cache)
        return subprocess.run(command, env=surroundings(), capture_output=True, text=True, check=True).stdout

    def last_success(self) -> int | None:
        """When the source was last read, epoch seconds, as the cache says."""
        with closing(Reader.open(self.cache)) as reader:
            return next((source.last_success for source in reader.freshness()), None)

    def conversations(self) -> int:
        with closing(Reader.open(self.cache)) as reader:
            return reader.size()

    def until_polled(self, times: int = 2) -> None:
        """Wait until the source was read so many times from now. The clock of the cache has seconds."""
        last, left, give_up = self.last_success(), times, monotonic() + PATIENCE
        while left:
            if monotonic() > give_up:
                raise RuntimeError("the source is not read any more")
            sleep(0.2)
            if (now := self.last_success()) != last:
                last, left = now, left - 1

    def astray(self, cache: Path | None = None) -> int:
        """Conversations that the cache has otherwise than one that is read afresh. The helpdesk's clock has to stand
        still."""
        afresh = self.bench.folder / f"afresh-{next(_afresh)}.db"
        self.run("sync", "--once", cache=afresh)
        told, expected = (_facts(path) for path in (cache or self.cache, afresh))
        return sum(told.get(id) != expected.get(id) for id in told.keys() | expected.keys())


_afresh = count()


@contextmanager
def polled(bench: Bench, name: str, *, speed: float, days: int = DAYS) -> Iterator[Polled]:
    """A helpdesk at `speed`, read once."""
    since = (datetime.now(UTC) - timedelta(days=days + 1)).date().isoformat()
    with helpdesk(environment(), days=days, speed=speed) as desk:
        config = bench.config(name, SOURCE.format(url=desk.url, since=since))
        found = Polled(bench, desk, config, bench.folder / f"{name}.db")
        found.run("sync", "--once")
        yield found


def surroundings(**more: str) -> dict[str, str]:
    return environment(BENCHMARK_TOKEN=TOKEN, **more)


_CONVERSATIONS = "SELECT cid, id, channel, team, own_tags, person, first_at, last_at FROM conversation"
_EPISODES = """
    SELECT cid, begun_at, channel, team, agent, answered_at, handoff_at, reached_at, first_reply_at, replies,
           closed_at, closed_by, bot_resolved_at, reopened, reassigned, rating, rated_at, state, assignee, wait_since
    FROM episode ORDER BY cid, begun_at
"""


def _facts(cache: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a cache knows of each conversation, whenever it was; but for who looked at articles before, of which
    only counts are told. Commands would leave out what is later than now, as much is at a helpdesk that runs ahead."""
    with closing(sqlite3.connect(cache)) as connection:
        rows = {cid: (id, [tuple(rest)]) for cid, id, *rest in connection.execute(_CONVERSATIONS)}
        for cid, *rest in connection.execute(_EPISODES):
            rows.setdefault(cid, (f"only episodes: {cid}", []))[1].append(tuple(rest))
    if not rows:
        raise RuntimeError("the cache has no conversations")
    return dict(rows.values())


def unsound(cache: Path) -> int:
    """What SQLite finds wrong with a cache, and where its ledger differs from the facts."""
    if not cache.exists() or cache.stat().st_size == 0:
        return 0  # killed before there was one
    with closing(sqlite3.connect(cache)) as connection:
        wrong = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    with closing(Reader.open(cache)) as reader:
        return len(wrong) + len(reader.check_ledger())
