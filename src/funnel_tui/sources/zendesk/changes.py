"""What one update of a ticket changed, whichever of Zendesk's two forms it came in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from funnel_tui.sources.text import ident, moment
from funnel_tui.sources.zendesk import wire

FIELDS = ("status", "assignee_id", "group_id", "satisfaction_score", "tags")

_RULES = frozenset({"rule", "automation", "trigger", "business_rule", "sla", "system"})
_MERGES = frozenset({"merge", "ticket_merge"})
_RULE = 8
"""The number that stands for `rule` where channels are numbers."""
_NOBODY = "-1"
"""The author of what Zendesk itself does."""
_NUMBER = re.compile(r"#(\d+)")


@dataclass(frozen=True, slots=True)
class Via:
    """How something came about."""

    channel: str | None = None
    rel: str | None = None
    to: str | None = None
    """The ticket that another was merged into."""
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that has another value than before."""

    field: str
    value: Any
    before: Any
    via: Via
    id: str | None
    creation: bool


def identity(value: Any) -> str | None:
    """An id, or nothing where nobody, the system or something that is no id stands."""
    found = ident(value) if isinstance(value, str | int | float) else None
    return None if found == _NOBODY else found


def word(value: Any) -> str:
    """Lower case; empty for what is no text."""
    return value.strip().lower() if isinstance(value, str) else ""


def via(value: Any, otherwise: Via | None = None) -> Via:
    """An object with a channel in audits and tickets, a word (`Web form`, `Rule`) in the export."""
    if isinstance(value, str) and value.strip():
        name = word(value).replace(" ", "_")
        return Via(channel=name, rel="merge" if name in _MERGES else None, by_rule=name in _RULES)
    if not isinstance(value, dict):
        return otherwise or Via()
    channel = "rule" if value.get("channel") == _RULE else word(value.get("channel")) or None
    source = value.get("source")
    rel = word(source.get("rel")) or None if isinstance(source, dict) else None
    target = source.get("to") if isinstance(source, dict) else None
    to = None
    if isinstance(target, dict):
        listed = target.get("ticket_ids")
        to = identity(target.get("ticket_id")) or (identity(listed[0]) if isinstance(listed, list) and listed else None)
    return Via(channel=channel, rel="merge" if channel in _MERGES else rel, to=to, by_rule=channel in _RULES)


def children(audit: wire.Audit) -> Iterator[wire.Child]:
    for child in audit.child_events if audit.child_events is not None else audit.events or ():
        if child is not None:
            yield child


def kind(child: wire.Child) -> str:
    """`comment`, `create`, `change`, `surveyoffered`...: letters only, whatever form the name has."""
    return re.sub("[^a-z]", "", word(child.event_type) or word(child.type))


def changed(child: wire.Child, from_audit: Via) -> Iterator[Changed]:
    """The fields that this child gives a value, of those that matter."""
    how, id = via(child.via, from_audit), identity(child.id)
    creation = kind(child).startswith("create")
    name = word(child.field_name)
    if name in FIELDS:
        yield Changed(name, child.value, child.previous_value, how, id, creation)
        return
    for field in FIELDS:
        value = getattr(child, field)
        if value is not UNSET and kind(child).startswith(("create", "change")):
            yield Changed(field, value, child.previous_value, how, id, creation)


def at(audit: wire.Audit) -> int | None:
    return moment(audit.created_at) or moment(audit.timestamp)


def updater(audit: wire.Audit) -> str | None:
    return identity(audit.updater_id) or identity(audit.author_id)


def in_order(audits: Iterable[wire.Audit]) -> list[wire.Audit]:
    """By time, each once: the export repeats some, and may give one again with more in it."""
    unique: dict[str, wire.Audit] = {}
    nameless: list[wire.Audit] = []
    for audit in audits:
        id = ident(audit.id)
        if id is None:
            nameless.append(audit)
        elif id not in unique or len(list(children(audit))) > len(list(children(unique[id]))):
            unique[id] = audit
    dated = [(when, len(id), id, audit) for id, audit in unique.items() if (when := at(audit)) is not None]
    dated += [(when, 0, "", audit) for audit in nameless if (when := at(audit)) is not None]
    return [audit for *_, audit in sorted(dated, key=lambda row: row[:3])]


def tags_of(value: Any) -> frozenset[str]:
    """Tags are a list, or words with spaces between."""
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(tag for tag in value if isinstance(tag, str)) if isinstance(value, list) else frozenset()


def ticket_named_in(text: str | None) -> str | None:
    """The first ticket that a text names: how a merge's own comment says where it went."""
    found = _NUMBER.search(text or "")
    return found[1] if found is not None else None
