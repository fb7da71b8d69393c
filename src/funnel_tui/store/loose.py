"""Records from which nothing is derived, on their way into the cache: articles, card views, teammates, teams."""

import sqlite3
from collections.abc import Mapping

from funnel_tui.model.records import Agent, Article, ArticleCounter, CardView, Team


class Loose:
    """Of one workspace, inside the writer's transaction. The methods return how many rows changed."""

    def __init__(self, connection: sqlite3.Connection, wid: int) -> None:
        self._connection = connection
        self._wid = wid

    def article(self, record: Article) -> int:
        return self._upsert("article", ("id",), {"id": record.id, "title": record.title, "url": record.url})

    def card_view(self, record: CardView) -> int:
        return self._connection.execute(
            "INSERT OR IGNORE INTO card_view VALUES (?, ?, ?, ?)",
            (self._wid, record.card, record.at, record.person or ""),
        ).rowcount

    def counter(self, record: ArticleCounter) -> int:
        """A sample that equals the one before makes that one last longer."""
        conversations = -1 if record.conversations is None else record.conversations
        last = self._connection.execute(
            "SELECT at, views, conversations FROM article_counter WHERE wid = ? AND article = ?"
            " ORDER BY at DESC LIMIT 1",
            (self._wid, record.article),
        ).fetchone()
        if last is not None and last[1:] == (record.views, conversations):
            self._connection.execute(
                "UPDATE article_counter SET until = max(until, ?) WHERE wid = ? AND article = ? AND at = ?",
                (record.at, self._wid, record.article, last[0]),
            )
            return 0
        row = {
            "article": record.article,
            "at": record.at,
            "until": record.at,
            "views": record.views,
            "conversations": conversations,
        }
        return self._upsert("article_counter", ("article", "at"), row)

    def agent(self, record: Agent) -> int:
        row = {"id": record.id, "name": record.name, "team": record.team, "away": int(record.away)}
        return self._upsert("agent", ("id",), row)

    def team(self, record: Team) -> int:
        return self._upsert("team", ("id",), {"id": record.id, "name": record.name})

    def _upsert(self, table: str, key: tuple[str, ...], row: Mapping[str, object]) -> int:
        """Insert, or replace where anything differs: an equal row is left untouched and not counted."""
        row = {"wid": self._wid, **row}
        key = ("wid", *key)
        rest = [name for name in row if name not in key]
        return self._connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in rest)}"
            f" WHERE ({', '.join(rest)}) IS NOT ({', '.join(f'excluded.{n}' for n in rest)})",
            tuple(row.values()),
        ).rowcount
