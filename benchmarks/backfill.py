"""How long a first sync takes: `python -m benchmarks.backfill --conversations 100000 --per-minute 10000`.

Once under the rate limit that Intercom gives an app, where the limit should be all that is waited for, and once without
any, which shows our own ceiling. The helpdesk (`firehose.py`) is another process; CPU time is the client's alone.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.bench import Bench, environment
from benchmarks.figures import Figure, Row
from benchmarks.firehose import SPAN, TOKEN, WINDOW
from benchmarks.setup import CONFIG, SOURCE, ZONE


@dataclass(frozen=True)
class Run:
    """One sync from nothing."""

    per_minute: int
    """0: no limit."""
    conversations: int
    requests: int
    over_limit: int
    wall: float
    cpu: float
    """Seconds of the syncing process, user and system."""
    memory: int
    """Its largest resident size, bytes."""
    fullest: int
    """Requests in the fullest window."""
    said: str

    @property
    def least(self) -> float:
        """Seconds that the limit alone makes so many requests take, the first window's being there at once."""
        allowed = -(-self.per_minute * WINDOW // 60)
        return (self.requests - 1) // allowed * WINDOW if allowed else 0.0

    def table(self) -> str:
        rows = [
            ("conversations", f"{self.conversations:,}"),
            ("requests", f"{self.requests:,}"),
            ("wall seconds", f"{self.wall:,.1f}"),
            ("seconds that the limit alone needs", f"{self.least:,.0f}" if self.per_minute else "-"),
            ("CPU seconds of the process", f"{self.cpu:,.1f}"),
            ("share of one core", f"{self.cpu / self.wall:.0%}"),
            ("conversations per CPU second", f"{self.conversations / self.cpu:,.0f}"),
            ("conversations per second", f"{self.conversations / self.wall:,.0f}"),
            ("largest resident size, MB", f"{self.memory / 1e6:,.0f}"),
            ("requests in the fullest 10 seconds", f"{self.fullest:,}" if self.per_minute else "-"),
            ("requests over the limit", str(self.over_limit) if self.per_minute else "-"),
        ]
        title = f"{self.per_minute:,} requests a minute" if self.per_minute else "No limit"
        return "\n".join([f"| {title} | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows), ""])


def measure(conversations: int, per_minute: int) -> Run:
    with tempfile.TemporaryDirectory(prefix="funnel-tui-backfill-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "benchmarks.firehose", str(conversations), str(per_minute)]
        with subprocess.Popen(
            command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as helpdesk:
            assert helpdesk.stdin is not None  # pipes were asked for
            assert helpdesk.stdout is not None
            url = json.loads(helpdesk.stdout.readline())["url"]
            since = datetime.now(UTC) - timedelta(seconds=SPAN + 2 * 86_400)
            config = folder / "config.toml"
            config.write_text(
                CONFIG.format(zone=ZONE.key) + SOURCE.format(url=url, since=since.date()), encoding="utf-8"
            )
            arguments = ["--config", str(config), "--db", str(folder / "cache.db"), "sync", "--once"]
            begun = time.monotonic()
            with (folder / "said").open("w+") as said:
                process = subprocess.Popen(
                    [sys.executable, "-m", "funnel_tui", *arguments],
                    env={**environment(), "BENCHMARK_TOKEN": TOKEN},
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                )
                _, status, usage = os.wait4(process.pid, 0)
                wall = time.monotonic() - begun
                process.returncode = os.waitstatus_to_exitcode(status)
                said.seek(0)
                told = said.read().strip()
            helpdesk.stdin.close()
            counted = json.loads(helpdesk.stdout.readline())
        if process.returncode:
            raise RuntimeError(told)
    return Run(
        per_minute=per_minute,
        conversations=counted["conversations"],
        requests=counted["requests"],
        over_limit=counted["over_limit"],
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss * 1024,
        fullest=max(counted["windows"].values(), default=0),
        said=told,
    )


SIZE = 10_000
"""Conversations in the group's runs: the limited one takes two minutes."""
PER_MINUTE = 10_000
"""What Intercom allows an app."""
ROWS = (
    Row("conversations", "/s", ">= 3,000"),
    Row("conversations, by CPU time", "/s", ">= 3,000"),
    Row("largest resident size", "MB", "<= 120"),
    Row("under the limit: seconds that it alone needs", "s"),
    Row("under the limit: wall time", "s", "bounded by the provider", "under the limit: seconds that it alone needs"),
    Row("under the limit: share of one core", "%"),
    Row("under the limit: requests over it", "", "0"),
)
NOTE = (
    f"{SIZE:,} conversations over HTTP, parsed, derived and written; once without a limit, and once with the"
    f" {PER_MINUTE:,} requests a minute that Intercom allows."
)


def group(bench: Bench) -> Iterator[Figure]:
    bench.say(f"a first sync of {SIZE:,} conversations")
    free = measure(SIZE, 0)
    bench.say("the same under a rate limit")
    limited = measure(SIZE, PER_MINUTE)
    values = (
        SIZE / free.wall,
        SIZE / free.cpu,
        free.memory / 1e6,
        limited.least,
        limited.wall,
        limited.cpu / limited.wall * 100,
        float(limited.over_limit),
    )
    yield from (Figure(row.name, (value,)) for row, value in zip(ROWS, values, strict=True))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backfill", description="Measure a first sync.")
    parser.add_argument("--conversations", type=int, default=100_000, metavar="N", help="default 100000")
    parser.add_argument(
        "--per-minute", type=int, default=10_000, metavar="N", help="requests that the helpdesk allows; default 10000"
    )
    parser.add_argument("--only", choices=("limited", "free"), help="one of the two runs")
    options = parser.parse_args(arguments)
    limits = {"limited": options.per_minute, "free": 0}
    for name, per_minute in limits.items():
        if options.only in (None, name):
            run = measure(options.conversations, per_minute)
            sys.stdout.write(f"{run.said}\n\n{run.table()}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
