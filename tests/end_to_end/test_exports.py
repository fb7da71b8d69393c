"""Messages over more than one export: what happened to each is what a single export over all of it tells."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from funnel_tui.settings import SourceSettings
from funnel_tui.sources import open_source
from funnel_tui.store import Store
from funnel_tui.sync.engine import SourceSync
from tests.end_to_end import wire_brute
from tests.end_to_end.agreement import DAY
from tests.end_to_end.desk import NAME, TOKEN, Desk

NOW = 1_772_632_800
TIMES = ("delivered_at", "opened_at", "clicked_at", "replied_at", "bounced_at")
DAYS = 125


async def test_no_reader_is_lost_between_two_exports(tmp_path: Path) -> None:
    cache = tmp_path / "cache.db"
    since = datetime.fromtimestamp(NOW - DAYS * DAY, UTC).date()
    with Desk(seed=2, days=DAYS, now=NOW, conversations=False) as desk:
        source = open_source(SourceSettings(NAME, "intercom", desk.url, since=since), TOKEN)
        with closing(Store.open(cache)) as store:
            engine = SourceSync(store, source, clock=lambda: NOW, wall=lambda: NOW, report=lambda engine: None)
            await engine.identify()
            (spec,) = (spec for spec in source.streams() if spec.name == "outbound")
            assert await engine.attempt(spec, engine.read(spec))
            assert await engine.attempt(spec, engine.backfill(spec))
        await source.close()
        jobs = desk.asked.count("POST /export/content/data")
        with closing(wire_brute.Wire(desk.url, TOKEN)) as wire:
            rows = wire.receipts(0, NOW)
    assert jobs > 1
    told = {line["id"]: tuple(line[name] for name in TIMES) for line in map(wire_brute.receipt, rows)}
    with closing(sqlite3.connect(cache)) as connection:
        found = {id: tuple(times) for id, *times in connection.execute(f"SELECT id, {', '.join(TIMES)} FROM outbound")}
    assert {id: times for id, times in found.items() if told.get(id) != times} == {}
    # The export over everything begins a day before the past that is asked for.
    assert {id for id in told.keys() - found.keys() if told[id][0] >= NOW - DAYS * DAY + DAY} == set()
