"""A cache that misses something of what the helpdesk has is told from one that does not."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.polled import polled


def test_what_a_cache_misses_is_counted(tmp_path: Path) -> None:
    with polled(Bench(tmp_path, (10,), 1, int(time.time())), "still", speed=0, days=1) as source:
        assert source.conversations() > 0
        assert source.last_success() is not None
        assert source.astray() == 0
        short = tmp_path / "short.db"
        shutil.copyfile(source.cache, short)
        with closing(sqlite3.connect(short)) as connection, connection:
            connection.execute("DELETE FROM talk WHERE cid IN (1, 2)")
            connection.execute("DELETE FROM spell WHERE cid IN (1, 2)")
            connection.execute("UPDATE talk SET channel = NULL WHERE cid = 3")
        assert source.astray(short) == 3
