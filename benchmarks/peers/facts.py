"""The facts that the peers get: read from a cache once, in batches, whatever else the cache keeps beside them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BATCH = 20_000


@dataclass(frozen=True)
class Fact:
    """A table of the peers: its columns with their types, those by which it is dated, and where its rows come from."""

    columns: dict[str, str]
    dates: tuple[str, ...]
    select: str

    def create(self, table: str) -> str:
        return f"CREATE TABLE {table} ({', '.join(f'{name} {type}' for name, type in self.columns.items())})"


def _columns(integers: str, words: str) -> dict[str, str]:
    return {**dict.fromkeys(integers.split(), "BIGINT"), **dict.fromkeys(words.split(), "VARCHAR")}


def _fact(integers: str, words: str, dates: str, source: str, **renamed: str) -> Fact:
    columns = _columns(integers, words)
    return Fact(
        columns, tuple(dates.split()), f"SELECT {', '.join(renamed.get(name, name) for name in columns)} FROM {source}"
    )


FACTS = {
    "episode": _fact(
        "eid wid outbound start involved_at answered_at reached_at first_reply_at response_start replies closed_at"
        " bot_resolved_at wait_since",
        "team viewer state assignee",
        "start reached_at first_reply_at closed_at",
        "episode",
    ),
    "close": _fact("eid closed_at withdrawn_at", "", "closed_at", "close", closed_at="at"),
    "wait": _fact("eid begun ended", "", "ended", "wait", begun="start", ended="end"),
    "outbound": _fact("wid delivered_at opened_at", "", "delivered_at", "outbound"),
    "article_view": _fact("wid viewed_at", "viewer", "viewed_at", "article_view", viewed_at="at"),
}


def batches(cache: Path, table: str) -> Iterator[list[tuple[object, ...]]]:
    """The rows of one table, in the cache's own order: newest conversations first, as they were written."""
    connection = sqlite3.connect(f"file:{cache}?mode=ro", uri=True)
    try:
        cursor = connection.execute(FACTS[table].select)
        while rows := cursor.fetchmany(BATCH):
            yield rows
    finally:
        connection.close()
