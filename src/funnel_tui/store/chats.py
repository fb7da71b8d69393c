"""Chat threads on their way into the cache: messages as they came, none of them ever forgotten.

A message that is deleted keeps its row with the moment at which that was seen, so that the past stays what it was.
"""

import sqlite3

from funnel_tui.model.asking import asks
from funnel_tui.model.records import ChatGone, ChatMessage, ChatThread

_TOLD = "tid, at, person, bot, asks, text"


class Chats:
    """Of one workspace, inside the writer's transaction. The methods return how many rows changed."""

    def __init__(self, connection: sqlite3.Connection, wid: int, now: int) -> None:
        self._connection = connection
        self._wid = wid
        self._now = now

    def thread(self, record: ChatThread) -> int:
        changed, tid = self._tid(record)
        for message in record.messages:
            changed += self._message(tid, message, first=message.id == record.id, here=record.whole)
        if record.whole:
            kept = [message.id for message in record.messages]
            marks = ", ".join("?" * len(kept))
            changed += self._connection.execute(
                f"UPDATE chat_message SET gone_at = ? WHERE tid = ? AND gone_at IS NULL AND id NOT IN ({marks})",
                (self._now, tid, *kept),
            ).rowcount
        return changed

    def gone(self, record: ChatGone) -> int:
        """Also of a message that has not been seen yet: when it comes, it is gone already."""
        return self._connection.execute(
            "INSERT INTO chat_message (wid, id, gone_at) VALUES (?, ?, ?) ON CONFLICT (wid, id) DO UPDATE"
            " SET gone_at = excluded.gone_at WHERE gone_at IS NULL OR gone_at > excluded.gone_at",
            (self._wid, record.message, record.at),
        ).rowcount

    def _tid(self, record: ChatThread) -> tuple[int, int]:
        known = self._connection.execute(
            "SELECT tid, channel, url FROM chat_thread WHERE wid = ? AND id = ?", (self._wid, record.id)
        ).fetchone()
        if known is not None and known[1:] == (record.channel, record.url):
            return 0, known[0]
        (tid,) = self._connection.execute(
            "INSERT INTO chat_thread (wid, id, channel, url) VALUES (?, ?, ?, ?) ON CONFLICT (wid, id) DO UPDATE"
            " SET channel = excluded.channel, url = excluded.url RETURNING tid",
            (self._wid, record.id, record.channel, record.url),
        ).fetchone()
        return 1, tid

    def _message(self, tid: int, message: ChatMessage, *, first: bool, here: bool) -> int:
        fresh = (
            tid,
            message.at,
            message.person,
            int(message.bot),
            int(first and not message.bot and asks(message.text)),
            message.text,
        )
        known = self._connection.execute(
            f"SELECT gone_at, {_TOLD} FROM chat_message WHERE wid = ? AND id = ?", (self._wid, message.id)
        ).fetchone()
        if message.gone:
            if known is not None:
                # What it said before stays: it still counts for the moments before it went.
                fresh = fresh if known[2] is None else known[1:]
            gone_at = self._now if known is None or known[0] is None else known[0]
        else:
            gone_at = None if known is None or here else known[0]
        if known == (gone_at, *fresh):
            return 0
        self._connection.execute(
            f"INSERT INTO chat_message (wid, id, gone_at, {_TOLD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (wid, id) DO UPDATE SET gone_at = excluded.gone_at, tid = excluded.tid, at = excluded.at,"
            " person = excluded.person, bot = excluded.bot, asks = excluded.asks, text = excluded.text",
            (self._wid, message.id, gone_at, *fresh),
        )
        return 1
