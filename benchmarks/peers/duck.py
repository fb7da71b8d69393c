"""DuckDB over the same facts, in its own file, with all cores. Optional: `pip install duckdb`.

As one would set it up: viewers as numbers, which it tells apart twice as fast as words; a few grains by comparing a
date with their beginnings, many by joining the nearest.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from benchmarks.peers.facts import FACTS, batches
from benchmarks.peers.peer import Dated, Peer, Rows
from benchmarks.peers.question import Span

MEMORY = "4GB"
FEW = 16
"""Grains up to which comparing is quicker than a join."""


class Duck(Peer):
    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True, config={"memory_limit": MEMORY})

    @classmethod
    def load(cls, cache: Path, path: Path) -> None:
        """Copy the facts of `cache` into a file of its own, by way of CSV: quickest where extensions cannot be had."""
        connection = duckdb.connect(str(path), config={"memory_limit": MEMORY, "preserve_insertion_order": True})
        passing = path.with_suffix(".csv")
        for table, fact in FACTS.items():
            with passing.open("w", newline="") as file:
                writer = csv.writer(file)
                for rows in batches(cache, table):
                    writer.writerows(rows)
            types = ", ".join(f"'{name}': '{type}'" for name, type in fact.columns.items())
            source = f"read_csv('{passing}', header = false, nullstr = '', columns = {{{types}}})"
            if "viewer" not in fact.columns:
                connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {source}")
                continue
            connection.execute("CREATE TABLE IF NOT EXISTS person (viewer VARCHAR, number BIGINT)")
            connection.execute(
                "INSERT INTO person SELECT viewer, (SELECT count(*) FROM person) + row_number() OVER ()"
                f" FROM (SELECT DISTINCT viewer FROM {source} ANTI JOIN person USING (viewer))"
            )
            connection.execute(
                f"CREATE TABLE {table} AS SELECT f.* REPLACE (p.number AS viewer) FROM {source} f JOIN person p"
                f" USING (viewer) ORDER BY {fact.dates[0]}"
            )
        passing.unlink()
        connection.close()

    def close(self) -> None:
        self._connection.close()

    def rows(self, sql: str, params: Mapping[str, object]) -> Rows:
        named = {name: params[name] for name in re.findall(r"\$(\w+)", sql)}
        return self._connection.execute(sql, named).fetchall()

    def spread(self, dated: Dated, where: str, params: Mapping[str, object]) -> tuple[int, float | None, float | None]:
        columns = f"count(*), median({dated.value}), quantile_disc({dated.value}, 0.9)"
        ((n, median, p90),) = self.rows(f"SELECT {columns} FROM {dated.source} WHERE {where}", params)
        return n, median, p90  # type: ignore[return-value]

    def medians_by(self, key: str, dated: Dated, where: str, params: Mapping[str, object]) -> dict[str, float]:
        sql = f"SELECT {key}, median({dated.value}) FROM {dated.source} WHERE {where} GROUP BY ALL"
        return dict(self.rows(sql, params))  # type: ignore[arg-type]

    def by_grain(
        self, dated: Dated, what: str, grains: Sequence[Span], params: Mapping[str, object]
    ) -> dict[int, float]:
        at, source, where = dated.at, dated.source, f"{dated.at} >= $start AND {dated.at} < $until AND {dated.where}"
        if len(grains) <= FEW:
            grain = " + ".join(f"({at} >= {start})::INT" for start, _ in grains[1:]) or "0"
        else:
            grain, listed = "grain", ", ".join(f"({i}, {start})" for i, (start, _) in enumerate(grains))
            source = f"{source} ASOF JOIN (VALUES {listed}) g (grain, since) ON {at} >= g.since"
        if what == "seekers":
            distinct = f"SELECT DISTINCT {grain} AS grain, wid, viewer FROM {source} WHERE {where}"
            sql = f"SELECT grain, count(*) FROM ({distinct})"
        else:
            value = "count(*)" if what == "count" else f"median({dated.value})"
            sql = f"SELECT {grain} AS grain, {value} FROM {source} WHERE {where}"
        return dict(self.rows(f"{sql} GROUP BY ALL", params))  # type: ignore[arg-type]
