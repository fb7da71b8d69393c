"""What every group of a run shares: sizes, a folder, one moment, and the caches, built once and measured meanwhile."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure, Row
from benchmarks.world import World
from funnel_tui.settings import OfficeHours, Settings
from funnel_tui.store import Store

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Europe/Dublin")
NAME = "acme"

CONFIG = """\
timezone = "Europe/Dublin"
poll_seconds = 5

[office_hours]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "09:00"
end = "17:00"
"""
SOURCE = """
[[sources]]
name = "acme"
kind = "intercom"
base_url = "{url}"
token_env = "BENCHMARK_TOKEN"
since = "{since}"
"""

WRITTEN = (
    Row("conversations", "/s", ">= 3,000 with parsing"),
    Row("conversations, last tenth", "/s", beside="conversations"),
    Row("events", "/s"),
    Row("views and messages", "/s"),
    Row("cache a conversation", "bytes", "<= 600"),
    Row("cache with a view and a message each", "bytes"),
)


@dataclass(frozen=True)
class Built:
    """A cache, what it was filled from, and how that went."""

    path: Path
    world: World
    figures: tuple[Figure, ...]


@dataclass
class Bench:
    """One run. `now` is when the made-up helpdesks end."""

    folder: Path
    sizes: tuple[int, ...]
    runs: int
    now: int
    seconds: float = 60.0
    """How long the dashboard is watched doing nothing; once a minute it makes its report anew."""
    say: Callable[[str], None] = lambda text: None
    _built: dict[int, Built] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(zone=ZONE, office_hours=OfficeHours(frozenset(range(5)), 540, 1020))

    def cache(self, size: int) -> Built:
        """The cache of `size` conversations; filled the first time it is asked for."""
        if size not in self._built:
            self.say(f"filling a cache of {size:,} conversations")
            self._built[size] = _build(self.folder / f"{size}.db", World(size, self.now))
        return self._built[size]

    def config(self, name: str = "config", source: str = "") -> Path:
        path = self.folder / f"{name}.toml"
        path.write_text(CONFIG + source)
        return path

    def command(self, config: Path, cache: Path, *arguments: str) -> list[str]:
        """The program as its user calls it."""
        return [sys.executable, "-m", "funnel_tui", "--config", str(config), "--db", str(cache), *arguments]


def environment(**more: str) -> dict[str, str]:
    """Ours, with the package and these benchmarks in reach of a child."""
    paths = [str(ROOT / "src"), str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    return {**plain, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), **more}


def measure(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        yield from bench.cache(size).figures


def _build(path: Path, world: World) -> Built:
    store = Store.open(path)
    store.register(NAME, "import")
    store.write(NAME, world.people())
    spent: list[tuple[int, float]] = []
    events = 0
    for page in world.pages():
        events += sum(len(getattr(record, "events", ())) for record in page)
        start = perf_counter()
        store.write(NAME, page)
        spent.append((len(page), perf_counter() - start))
    bytes_alone = _closed_size(store, path)
    store = Store.open(path)
    beside = 0.0
    for page in world.pages_beside():
        start = perf_counter()
        store.write(NAME, page)
        beside += perf_counter() - start
    bytes_whole = _closed_size(store, path)
    size, total = world.size, sum(seconds for _, seconds in spent)
    last = spent[-max(1, len(spent) // 10) :]
    values = (
        size / total,
        sum(count for count, _ in last) / sum(seconds for _, seconds in last),
        events / total,
        2 * size / beside,
        bytes_alone / size,
        bytes_whole / size,
    )
    figures = (Figure(row.name, (value,), size) for row, value in zip(WRITTEN, values, strict=True))
    return Built(path, world, tuple(figures))


def _closed_size(store: Store, path: Path) -> int:
    """Bytes of the file with the log folded in, as the last connection does that closes."""
    store.close()
    return path.stat().st_size
