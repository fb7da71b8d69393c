"""Filters as SQL: names (whatever their case) or ids; values of one key are "or", keys are "and".

Where two sources have one id, or an id is another's name, `source/id` tells them apart.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

KEYS = ("team", "channel", "agent", "source", "tag", "origin")
CAMPAIGN = "campaign"
"""A key of messages alone, for breakdowns."""
ARTICLE = "article"
"""A key of article views and counters alone, for breakdowns."""
ASSIGNEE = "assignee"
"""A key of the queue alone, for breakdowns: who a conversation is assigned to now, whoever replied last."""
TAG = "tag"
"""A key that a conversation can have several values of."""
NONE = "none"
"""Stands for "no team", "no agent" and so on."""

BETWEEN = "/"
"""Between a source's name and an id of its own."""

Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a breakdown, told exactly: ids of two workspaces, or an id and another's name, are never mixed up."""

    key: str
    value: str | None
    """None: those without one."""
    wid: int | None = None
    """The workspace whose id `value` is; None where words mean the same everywhere."""


def supported(table: str) -> frozenset[str]:
    """The keys that the rows of a population's table have."""
    if table == "outbound":
        return frozenset({"channel", "source", CAMPAIGN})
    if table == "chat_thread":
        return frozenset({"channel", "source"})
    if table == "teammate":
        return frozenset({"source", "team", "agent"})
    if table == "article_view":
        return frozenset({"source", ARTICLE})
    return frozenset((*KEYS, ASSIGNEE))


def clause(filters: Filters, alias: str, params: dict[str, object], part: Part | None = None) -> str:
    """A condition on the rows of `alias`, its values added to `params`; "1" where nothing is filtered.

    The plus keeps SQLite from looking rows up by workspace: the window's dates are the narrower way in.
    """
    parts = [] if part is None else [_exactly(part, alias, params)]
    for key, values in filters.items():
        names = []
        for number, value in enumerate(values):
            name = f"f_{key}_{number}"
            params[name] = value.casefold()
            names.append(f":{name}")
        parts.append(_one(key, ", ".join(names), alias, {value.casefold() for value in values}))
    return " AND ".join(parts) or "1"


def _one(key: str, marks: str, alias: str, wanted: Set[str]) -> str:
    none = NONE in wanted
    if key == "source":
        return f"+{alias}.wid IN (SELECT wid FROM workspace WHERE fold(name) IN ({marks}))"
    if key == "tag":
        found = f"EXISTS (SELECT 1 FROM tag WHERE tag.cid = {alias}.cid AND fold(tag.tag) IN ({marks}))"
        untagged = f"NOT EXISTS (SELECT 1 FROM tag WHERE tag.cid = {alias}.cid)"
        return f"({found} OR {untagged})" if none else found
    column = f"{alias}.{key}"
    parts = [f"fold({column}) IN ({marks})"]
    if key in ("team", "agent"):
        parts.append(
            f"EXISTS (SELECT 1 FROM {key} n WHERE n.wid = {alias}.wid AND n.id = {column}"
            f" AND fold(n.name) IN ({marks}))"
        )
        if any(BETWEEN in value for value in wanted):
            source = f"SELECT w.name FROM workspace w WHERE w.wid = {alias}.wid"
            parts.append(f"fold(({source}) || '{BETWEEN}' || {column}) IN ({marks})")
    if none:
        parts.append(f"{column} IS NULL")
    return f"({' OR '.join(parts)})"


def _exactly(part: Part, alias: str, params: dict[str, object]) -> str:
    params["part_wid"], params["part_value"] = part.wid, part.value
    if part.key == "source":
        return f"+{alias}.wid = :part_wid"
    if part.key == "tag":
        tags = f"SELECT 1 FROM tag WHERE tag.cid = {alias}.cid"
        return f"NOT EXISTS ({tags})" if part.value is None else f"EXISTS ({tags} AND fold(tag.tag) = :part_value)"
    column = f"{alias}.{part.key}"
    if part.value is None:
        return f"{column} IS NULL"
    if part.wid is None:
        return f"fold({column}) = :part_value"
    return f"+{alias}.wid = :part_wid AND {column} = :part_value"
