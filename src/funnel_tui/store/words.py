"""Words that many rows say are stored once, and the rows hold their numbers; views show the words again."""

import json
import sqlite3
from collections.abc import Sequence

_MOST_SITES = 100
"""Prefixes of addresses; where each conversation has one of its own, none is split off after these."""


class Words:
    """Numbers of words, for one who writes inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}
        self._sites: dict[str, int] = {}

    def number(self, word: str | None) -> int | None:
        """The word's number, made known if it is new; None for None."""
        if word is None:
            return None
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = self._known("word", word) or self._add("word", word)
        return found

    def numbers(self, words: Sequence[str]) -> str | None:
        """A JSON array of the words' numbers; None for no words."""
        return json.dumps([self.number(word) for word in words], separators=(",", ":")) if words else None

    def address(self, url: str | None, id: str) -> tuple[int | None, str | None]:
        """(site, rest) of a conversation's address: a site's addresses differ in the id at their end alone."""
        if url is None or not id or not url.endswith(id):
            return None, url
        start = url[: -len(id)]
        site = self._sites.get(start) or self._known("site", start)
        if site is None:
            (sites,) = self._connection.execute("SELECT count(*) FROM site").fetchone()
            if sites >= _MOST_SITES:
                return None, url
            site = self._add("site", start)
        self._sites[start] = site
        return site, None

    def _known(self, table: str, text: str) -> int | None:
        row = self._connection.execute(f"SELECT number FROM {table} WHERE text = ?", (text,)).fetchone()
        return row[0] if row else None

    def _add(self, table: str, text: str) -> int:
        cursor = self._connection.execute(f"INSERT INTO {table} (text) VALUES (?)", (text,))
        return int(cursor.lastrowid or 0)
