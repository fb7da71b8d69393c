"""Questions asked in chat channels, and who answered them when."""

from collections.abc import Sequence
from typing import NamedTuple

from funnel_tui.model.records import ChatMessage
from funnel_tui.store.connected import Connected
from funnel_tui.store.scope import Scope

_ALIVE = "{0}.at <= :as_of AND ({0}.gone_at IS NULL OR {0}.gone_at > :as_of)"
_THREADS = "(SELECT tid, wid, id, channel, url FROM chat_thread)"


class Question(NamedTuple):
    """A thread that somebody began by asking."""

    source: str
    id: str
    url: str | None
    channel: str
    at: int
    person: str | None
    text: str | None
    answers: tuple[tuple[int, str], ...]
    """When each of the others, bots aside, first replied; earliest first."""


class Questions(Connected):
    def has_chats(self) -> bool:
        """Whether any chat channel has been read."""
        return bool(self._all("SELECT 1 FROM chat_thread LIMIT 1"))

    def chat(self, source: str, id: str, as_of: int) -> tuple[str, str | None, list[ChatMessage]] | None:
        """(channel, url, messages) of a thread as it stood at `as_of`; None where the cache does not have it."""
        found = self._all(
            "SELECT t.tid, t.channel, t.url FROM chat_thread t JOIN workspace w USING (wid)"
            " WHERE w.name = ? AND t.id = ?",
            (source, id),
        )
        if not found:
            return None
        ((tid, channel, url),) = found
        rows = self._all(
            "SELECT m.id, m.at, m.person, m.text, m.bot FROM chat_message m"
            f" WHERE m.tid = :tid AND {_ALIVE.format('m')} ORDER BY m.at, m.id",
            {"tid": tid, "as_of": as_of},
        )
        messages = [ChatMessage(id=id, at=at, person=who, text=text, bot=bool(bot)) for id, at, who, text, bot in rows]
        return channel, url, messages

    def questions(self, scope: Scope, since: int) -> Sequence[Question]:
        """Those asked from `since` up to the scope's end, and those that somebody first replied to in its window."""
        params: dict[str, object] = {
            "start": scope.start,
            "until": scope.until,
            "since": since,
            "as_of": scope.as_of,
        }
        condition = scope.where("t", params)
        rows = self._all(
            f"SELECT q.tid, w.name, t.id, t.url, t.channel, q.at, q.person, q.text FROM chat_message q"
            f" JOIN {_THREADS} t ON t.tid = q.tid JOIN workspace w ON w.wid = t.wid"
            f" WHERE q.asks = 1 AND {_ALIVE.format('q')} AND {condition}"
            " AND ((q.at >= :since AND q.at < :until) OR q.tid IN"
            " (SELECT r.tid FROM chat_message r WHERE r.at >= :start AND r.at < :until))"
            " ORDER BY q.at, t.id",
            params,
        )
        answers: dict[int, list[tuple[int, str]]] = {}
        for tid, person, at in self._all(
            f"SELECT r.tid, r.person, min(r.at) FROM chat_message r JOIN chat_message q ON q.tid = r.tid AND q.asks = 1"
            f" WHERE r.bot = 0 AND r.person IS NOT NULL AND r.person IS NOT q.person AND r.id <> q.id"
            f" AND {_ALIVE.format('r')} AND (q.at >= :since OR r.tid IN"
            " (SELECT s.tid FROM chat_message s WHERE s.at >= :start AND s.at < :until))"
            " GROUP BY r.tid, r.person",
            {name: params[name] for name in ("start", "until", "since", "as_of")},
        ):
            answers.setdefault(tid, []).append((at, person))
        return [
            Question(source, id, url, channel, at, person, text, tuple(sorted(answers.get(tid, ()))))
            for tid, source, id, url, channel, at, person, text in rows
        ]
