"""Caches filled from made-up helpdesks, page by page as a backfill brings them, and how that went."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.figures import Figure, Row
from benchmarks.setup import NAME, open_store
from benchmarks.world import BESIDE, MAKING, PAGE, World
from funnel_tui.model.derive import derive, order
from funnel_tui.model.records import Record, Thread
from funnel_tui.store import Store, ledger
from funnel_tui.store.migrations import VERSION
from funnel_tui.store.writer import REOPEN_WINDOW

DERIVED = 7_500
"""Conversations that are derived without a cache."""

WRITTEN = (
    Row("conversations", "/s", ">= 3,000 with parsing"),
    Row("conversations, by CPU time", "/s", ">= 3,000 with parsing"),
    Row("conversations, last tenth", "/s", beside="conversations"),
    Row("events", "/s"),
    Row("views and messages", "/s"),
    Row("derived without a cache", "/s", beside="conversations"),
    Row("made up: not counted above", "/s", beside="conversations"),
    Row("cache a conversation", "bytes", "<= 600"),
    Row("cache with a view and a message to every fourth", "bytes"),
)


@dataclass(frozen=True)
class Built:
    """A cache, what it was filled from, and how that went."""

    path: Path
    world: World
    figures: tuple[Figure, ...]


def obtain(folder: Path, world: World, say: Callable[[str], None]) -> Built:
    """The cache of `world` in `folder`. One that an earlier run left there serves again, with the moment it ends at."""
    path, note = folder / f"{world.size}.db", folder / f"{world.size}.json"
    known = _known(note, world) if path.exists() else None
    if known is not None:
        say(f"taking the kept cache of {world.size:,} conversations")
        return Built(path, *known)
    say(f"filling a cache of {world.size:,} conversations")
    for left in folder.glob(f"{world.size}.*"):
        left.unlink()
    values = _fill(path, world)
    figures = tuple(Figure(row.name, (value,), world.size) for row, value in zip(WRITTEN, values, strict=True))
    note.write_text(json.dumps({**stamp(world), "now": world.now, "values": values}))
    return Built(path, world, figures)


def stamp(world: World) -> dict[str, object]:
    """What must be the same for a kept file to serve again. When the world ends is taken from the file."""
    return {
        "making": MAKING,
        "schema": VERSION,
        "ledger": ledger.VERSION,
        **{k: v for k, v in asdict(world).items() if k != "now"},
    }


def _known(note: Path, world: World) -> tuple[World, tuple[Figure, ...]] | None:
    if not note.exists():
        return None
    kept = json.loads(note.read_text())
    wanted = stamp(world)
    if {key: kept.get(key) for key in wanted} != wanted or len(kept["values"]) != len(WRITTEN):
        return None
    figures = tuple(Figure(row.name, (value,), world.size) for row, value in zip(WRITTEN, kept["values"], strict=True))
    return World(world.size, kept["now"], world.seed, world.days), figures


def _fill(path: Path, world: World) -> tuple[float, ...]:
    """Fill it, and the values of `WRITTEN`."""
    store = open_store(path, world.now)
    store.register(NAME, "import")
    store.write(NAME, world.people())
    pages = _Timed(world.pages())
    spent: list[tuple[int, float]] = []
    events, busy = 0, 0.0
    for page in pages:
        events += sum(len(thread.events) for thread in page)
        begun = process_time()
        spent.append((len(page), _write(store, page)))
        busy += process_time() - begun
    store.tidy()  # as a sync that has caught up does
    alone = _closed_size(store, path)
    store = open_store(path, world.now)
    beside = sum(_write(store, page) for page in world.pages_beside())
    store.tidy()
    whole = _closed_size(store, path)
    size, total = world.size, sum(seconds for _, seconds in spent)
    last = spent[-max(1, len(spent) // 10) :]
    return (
        size / total,
        size / busy,
        sum(count for count, _ in last) / sum(seconds for _, seconds in last),
        events / total,
        2 * -(-size // BESIDE) / beside,
        _derived(world),
        size / pages.spent,
        alone / size,
        whole / size,
    )


class _Timed(Iterator[list[Thread]]):
    """What iterating costs, apart from what is done with the items."""

    def __init__(self, items: Iterator[list[Thread]]) -> None:
        self._items = items
        self.spent = 0.0

    def __next__(self) -> list[Thread]:
        start = perf_counter()
        try:
            return next(self._items)
        finally:
            self.spent += perf_counter() - start


def _write(store: Store, page: list[Record] | list[Thread]) -> float:
    start = perf_counter()
    store.write(NAME, page)
    return perf_counter() - start


def _derived(world: World) -> float:
    """Conversations a second through the replay of their events alone."""
    threads = [thread for page in islice(world.pages(), DERIVED // PAGE) for thread in page]
    start = perf_counter()
    for thread in threads:
        derive(order(thread.events), reopen_window=REOPEN_WINDOW, came_with_team=thread.conversation.team)
    return len(threads) / (perf_counter() - start)


def _closed_size(store: Store, path: Path) -> int:
    """Bytes of the file with the log folded in, as the last connection does that closes."""
    store.close()
    return path.stat().st_size
