"""Filters as SQL: names (whatever their case) or ids; values of one key are "or", keys are "and"."""

from collections.abc import Mapping, Sequence

KEYS = ("team", "channel", "agent", "source", "tag", "origin")
CAMPAIGN = "campaign"
"""A key of messages alone, for breakdowns."""
ARTICLE = "article"
"""A key of article views and counters alone, for breakdowns."""
NONE = "none"
"""Stands for "no team", "no agent" and so on."""

Filters = Mapping[str, Sequence[str]]


def supported(table: str) -> frozenset[str]:
    """The keys that the rows of a population's table have."""
    if table == "outbound":
        return frozenset({"channel", "source", CAMPAIGN})
    if table == "teammate":
        return frozenset({"source", "team", "agent"})
    if table == "article_view":
        return frozenset({"source", ARTICLE})
    return frozenset(KEYS)


def clause(filters: Filters, alias: str, params: dict[str, object]) -> str:
    """A condition on the rows of `alias`, its values added to `params`; "1" where nothing is filtered."""
    parts = []
    for key, values in filters.items():
        names = []
        for number, value in enumerate(values):
            name = f"f_{key}_{number}"
            params[name] = value.casefold()
            names.append(f":{name}")
        parts.append(_one(key, ", ".join(names), alias, any(v.casefold() == NONE for v in values)))
    return " AND ".join(parts) or "1"


def _one(key: str, marks: str, alias: str, none: bool) -> str:
    if key == "source":
        return f"{alias}.wid IN (SELECT wid FROM workspace WHERE fold(name) IN ({marks}))"
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
    if none:
        parts.append(f"{column} IS NULL")
    return f"({' OR '.join(parts)})"
