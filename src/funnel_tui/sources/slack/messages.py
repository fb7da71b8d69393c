"""Slack's messages as canonical ones."""

import re
from collections.abc import Callable, Iterable

from funnel_tui.model.records import ChatMessage, ChatThread
from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.directory import Channel
from funnel_tui.sources.text import plain, tally

_HUMAN_SUBTYPES = frozenset({None, "", "thread_broadcast"})
_TOMBSTONE = "tombstone"
"""What stays of a deleted root that has replies."""

_REFERENCE = re.compile(r"<([^<>]+)>")


class Rewriter:
    """Makes records of one channel's rows."""

    def __init__(self, channel: Channel, is_bot: Callable[[str | None], bool], archives: str | None) -> None:
        self._channel = channel
        self._is_bot = is_bot
        self._archives = archives

    def id(self, ts: str) -> str:
        """`ts` is unique inside its channel only."""
        return f"{self._channel.id}:{ts}"

    def ts(self, id: str) -> str | None:
        """The other way round; None for what lies in another channel."""
        channel, _, ts = id.partition(":")
        return wire.stamp(ts) if channel == self._channel.id else None

    def message(self, row: wire.Message) -> ChatMessage:
        ts = _ts(row)
        if row.subtype == _TOMBSTONE:
            return ChatMessage(id=self.id(ts), at=wire.second(ts), gone=True)
        bot = bool(row.bot_id) or row.subtype not in _HUMAN_SUBTYPES or self._is_bot(row.user)
        return ChatMessage(
            id=self.id(ts),
            at=wire.second(ts),
            person=row.user or row.bot_id or None,
            text=plain(readable(row.text)),
            bot=bot,
        )

    def thread(self, root: str, rows: Iterable[wire.Message], *, whole: bool) -> ChatThread:
        ordered = sorted(rows, key=lambda row: wire.order(_ts(row)))
        url = f"{self._archives}{self._channel.id}/p{root.replace('.', '')}" if self._archives else None
        return ChatThread(
            id=self.id(root),
            channel=self._channel.name,
            messages=tuple(self.message(row) for row in ordered),
            whole=whole,
            url=url,
        )

    def gone(self, root: str) -> ChatThread:
        return ChatThread(id=self.id(root), channel=self._channel.name, messages=())


def root_of(row: wire.Message) -> str:
    """The thread that a row of a channel's history belongs to: a reply shows there where it was also sent to the
    channel."""
    return wire.stamp(row.thread_ts) or _ts(row)


def replies(row: wire.Message) -> tuple[int, str]:
    """How many replies a root says it has, and which is the last."""
    latest = wire.stamp(row.latest_reply) or ""
    return tally(row.reply_count) or (1 if latest else 0), latest


def readable(text: str | None) -> str | None:
    """Slack's markup with links and channels as people see them. Mentions of people stay ids: names are not kept."""
    return _REFERENCE.sub(_shown, text) if text and "<" in text else text


def _shown(match: re.Match[str]) -> str:
    target, _, shown = match[1].partition("|")
    if target.startswith("@"):
        return f"<{target}>"
    if target.startswith("#"):
        return f"#{shown}" if shown else f"<{target}>"
    if target.startswith("!"):
        return shown or f"@{target[1:].partition('^')[0]}"
    return shown or target


def _ts(row: wire.Message) -> str:
    return wire.stamp(row.ts) or "0"
