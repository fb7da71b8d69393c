"""The program against its peers: the same list of figures for the same windows, proven equal and then timed."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.building import stamp
from benchmarks.figures import Figure, Row, Skipped, milliseconds
from benchmarks.peers.facts import FACTS
from benchmarks.peers.naive import Naive
from benchmarks.peers.peer import Peer
from benchmarks.peers.question import Answer, answer, ask_product, differences, question
from benchmarks.reading import BUDGETS, PERIODS
from benchmarks.setup import SETTINGS
from benchmarks.world import TEAMS
from funnel_tui.store import Reader

PRODUCT, NAIVE, DUCK = "program", "naive SQL", "DuckDB"
LISTS: Mapping[str, str | None] = {"": None, ", one team": TEAMS[0]}
AHEAD = {NAIVE: ">= 20 × at 5 M", DUCK: "> 1 × at 5 M"}
AGREE = "figures on which all agree"

ROWS = (
    *(
        row
        for suffix in LISTS
        for period, budget in BUDGETS.items()
        for row in (
            Row(f"{period}{suffix}: {PRODUCT}", "ms", budget),
            *(Row(f"{period}{suffix}: {peer}", "ms", AHEAD[peer], f"{period}{suffix}: {PRODUCT}") for peer in AHEAD),
        )
    ),
    Row(AGREE, ""),
    *(Row(f"{peer}: loading, conversations", "/s") for peer in AHEAD),
    *(Row(f"{peer}: its file, a conversation", "bytes") for peer in AHEAD),
)
NOTE = (
    "One list of figures: of two windows the counts, the people who sought support, and median and 90th percentile of"
    " four times; the queue; three series of 12 months and three of 60 days, one of medians; the medians of every team."
    " It is proven equal at every size before anything is timed. The program builds its whole report, which has more."
    " Naive SQL has the facts in an SQLite file of its own with an index on every date, and takes its middles from"
    " fetched values; DuckDB has them in its own file, and all cores."
)

Load = Callable[[Path, Path], None]
Open = Callable[[Path], Peer]


def measure(bench: Bench) -> Iterator[Figure | Skipped]:
    kinds: dict[str, tuple[Load, Open]] = {NAIVE: (Naive.load, Naive)}
    try:
        from benchmarks.peers.duck import Duck
    except ModuleNotFoundError:
        rows = tuple(row.name for row in ROWS if DUCK in row.name)
        yield Skipped(rows, "DuckDB is not installed: `pip install duckdb` adds its rows.")
    else:
        kinds[DUCK] = (Duck.load, Duck)
    for size in bench.sizes:
        if bench.largest_peer is not None and size > bench.largest_peer:
            continue
        peers: dict[str, Peer] = {}
        for name, (load, open) in kinds.items():
            path, speed = _loaded(bench, size, name, load)
            yield Figure(f"{name}: loading, conversations", (speed,), size)
            yield Figure(f"{name}: its file, a conversation", (path.stat().st_size / size,), size)
            peers[name] = open(path)
        yield from _compare(bench, size, peers)
        for peer in peers.values():
            peer.close()


def _loaded(bench: Bench, size: int, name: str, load: Load) -> tuple[Path, float]:
    """A peer's file with the facts of the cache, and conversations a second; loaded once."""
    built = bench.cache(size)
    path = bench.caches / f"{size}.{name.split()[0].lower()}"
    note = path.with_name(f"{path.name}.json")
    facts = sha256(repr(FACTS).encode()).hexdigest()
    wanted = {**stamp(built.world), "now": built.world.now, "facts": facts}
    if path.exists() and note.exists():
        kept = json.loads(note.read_text())
        if {key: kept.get(key) for key in wanted} == wanted:
            return path, kept["speed"]
    bench.say(f"loading {size:,} conversations for {name}")
    path.unlink(missing_ok=True)
    start = perf_counter()
    load(built.path, path)
    speed = size / (perf_counter() - start)
    note.write_text(json.dumps({**wanted, "speed": speed}))
    return path, speed


def _compare(bench: Bench, size: int, peers: Mapping[str, Peer]) -> Iterator[Figure]:
    """Raises RuntimeError where an answer differs: a quick wrong figure is none."""
    built = bench.cache(size)
    reader, agreed = Reader.open(built.path), 0
    for suffix, team in LISTS.items():
        for label, period in PERIODS.items():
            bench.say(f"{label}{suffix}, by the program and by its peers, {size:,} conversations")
            ask = partial(ask_product, reader, SETTINGS, period, built.world.now, team)
            report, teams = ask()
            wanted, asked = answer(report, teams, team), question(report, team)
            agreed += len(wanted)
            # All are asked once before any is timed: warm, and known to be right.
            for name, peer in peers.items():
                _agree(f"{label}{suffix}, {size:,} conversations: the program and {name}", wanted, peer.answer(asked))
            timed = partial(milliseconds, runs=bench.runs, warm=False, patience=bench.patience)
            yield Figure(f"{label}{suffix}: {PRODUCT}", timed(ask), size)
            for name, peer in peers.items():
                yield Figure(f"{label}{suffix}: {name}", timed(partial(peer.answer, asked)), size)
    reader.close()
    yield Figure(AGREE, (float(agreed),), size)


def _agree(what: str, one: Answer, other: Answer) -> None:
    odd = differences(one, other)
    if odd:
        raise RuntimeError(f"{what} differ in {len(odd)} figures: {'; '.join(odd[:10])}")
