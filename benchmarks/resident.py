"""A process that `memory` weighs. Arguments: what it does, the cache, its conversations, the moment it ends at."""

import re
import sys
from pathlib import Path


def reader(path: Path, size: int, now: int) -> None:
    from benchmarks.reading import PERIODS
    from benchmarks.setup import SETTINGS
    from benchmarks.world import TEAMS
    from funnel_tui.metrics import ReportRequest, build_report, conversations_behind
    from funnel_tui.store import Reader

    opened = Reader.open(path)
    for period in PERIODS.values():
        for filters in ({}, {"team": (TEAMS[0],)}):
            request = ReportRequest(period=period, filters=filters)
            build_report(opened, SETTINGS, request, now)
            conversations_behind(opened, SETTINGS, request, "human.first_response.median", now, 100)
    _say()


def writer(path: Path, size: int, now: int) -> None:
    from benchmarks.polling import KINDS, news
    from benchmarks.setup import NAME, open_store
    from benchmarks.world import World

    store = open_store(path, now)
    for turn in range(5):
        for kind in KINDS:
            store.write(NAME, news(World(size, now), kind, turn))
    _say()


def _say() -> None:
    """Megabytes resident now, and at most so far."""
    status = Path("/proc/self/status").read_text()
    found = [re.search(rf"{field}:\s+(\d+)", status) for field in ("VmRSS", "VmHWM")]
    print(*(int(match[1]) / 1024 for match in found if match))


if __name__ == "__main__":
    {"reader": reader, "writer": writer}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
