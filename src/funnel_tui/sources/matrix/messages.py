"""Events of a room into messages of threads. Pure; which thread a message belongs to is found out before (`roots`)."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

import msgspec

from funnel_tui.model.records import ChatGone, ChatMessage, ChatThread, Record
from funnel_tui.sources.matrix import wire
from funnel_tui.sources.matrix.finder import Room
from funnel_tui.sources.text import plain

MESSAGE = "m.room.message"
REDACTION = "m.room.redaction"
CHANGES = frozenset({"m.room.encryption", "m.room.tombstone"})
"""After these a room is not what it was."""

_QUOTING = re.compile(r"> (?:\* )?<@")
"""How clients begin a reply for those that know none: with whom they quote."""

_BOT = "m.notice"
_NOT_SAID = frozenset({"m.key.verification.request"})


def decoded(raws: Iterable[msgspec.Raw] | None) -> tuple[list[wire.Event], int]:
    """The events that can be made out, oldest last as they came, and how many cannot."""
    events, broken = [], 0
    for raw in raws or ():
        try:
            events.append(wire.decode_event(raw))
        except msgspec.DecodeError:
            broken += 1
    return events, broken


def said(events: Iterable[wire.Event]) -> list[wire.Event]:
    """The messages among them, those deleted since included. Edits are no messages of their own."""
    return [
        event
        for event in events
        if event.type == MESSAGE
        and event.event_id
        and wire.relation(event)[0] != wire.EDIT
        and (event.content is None or wire.text(event.content.msgtype) not in _NOT_SAID)
    ]


def records(room: Room, events: Iterable[wire.Event], roots: Mapping[str, str], since: int) -> tuple[Record, ...]:
    """Threads with those of their messages that are at hand, and deletions. Messages before `since` are left out."""
    listed = list(events)
    threads: dict[str, list[ChatMessage]] = {}
    gone: dict[ChatGone, None] = {}
    answered = {root for id, root in roots.items() if id != root}
    for event in said(listed):
        id, at = event.event_id, wire.stamp(event.origin_server_ts)
        if id is None or at is None:
            continue
        because = _because(event)
        if because is not None:
            gone[ChatGone(message=id, at=because or at)] = None
            # Its content is empty now, so that nothing tells whether it was a reply. One that has replies was none.
            if id not in answered and not _has_thread(event):
                continue
        if at >= since:
            threads.setdefault(roots.get(id, id), []).append(_message(event, id, at, gone=because is not None))
    for event in listed:
        deleted, at = _redacts(event), wire.stamp(event.origin_server_ts)
        if deleted is not None and at is not None:
            gone[ChatGone(message=deleted, at=at)] = None
    found = [
        ChatThread(
            id=root,
            channel=room.channel,
            messages=tuple(sorted(messages, key=lambda message: message.at)),
            whole=False,
            url=f"https://matrix.to/#/{quote(room.id, safe='!:')}/{quote(root, safe='$:')}",
        )
        for root, messages in threads.items()
    ]
    return (*found, *gone)


def _message(event: wire.Event, id: str, at: int, *, gone: bool) -> ChatMessage:
    content = event.content or wire.Content()
    body = wire.text(content.body)
    if body is not None and _QUOTING.match(body) and wire.member(content.relates_to, wire.REPLY) is not None:
        body = _without_quote(body)
    return ChatMessage(
        id=id,
        at=at,
        person=event.sender or None,
        text=plain(body),
        bot=content.msgtype == _BOT,
        gone=gone,
    )


def _without_quote(body: str) -> str:
    """What was said: first come the quoted lines and an empty one."""
    lines = body.split("\n")
    start = next((number for number, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[start:]).strip() or body


def _because(event: wire.Event) -> int | None:
    """When a message was deleted, 0 where that is not told; None for one that stands."""
    because = event.unsigned.redacted_because if event.unsigned is not None else None
    if because is not None:
        return wire.stamp(because.origin_server_ts) or 0
    content = event.content
    return 0 if content is None or (content.body is None and content.msgtype is None) else None


def _has_thread(event: wire.Event) -> bool:
    return event.unsigned is not None and wire.member(event.unsigned.relations, wire.THREAD) is not None


def _redacts(event: wire.Event) -> str | None:
    if event.type != REDACTION:
        return None
    inside = event.content.redacts if event.content is not None else None
    return wire.text(event.redacts) or wire.text(inside)
