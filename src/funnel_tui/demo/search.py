"""Intercom's query language over the world's conversations."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from funnel_tui.demo import wire
from funnel_tui.demo.world.people import AGENT, contact_id, customer_email, customer_name, is_lead
from funnel_tui.demo.world.script import OPERATOR
from funnel_tui.demo.world.world import Row

MAX_FILTERS = 15
MAX_DEPTH = 2

Predicate = Callable[[Row], bool]
Getter = Callable[[Row], Any]


class QueryError(Exception):
    """A request that Intercom would refuse with 400."""

    def __init__(self, message: str, code: str = "bad_request", field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Query:
    matches: Predicate
    since: int | None
    """No match was updated before this moment; None: any age."""


def _author(name: str) -> Getter:
    def get(row: Row) -> Any:
        opened = row.state.opened_by
        who = opened.who if opened is not None else 0
        if who in AGENT:
            found = wire.admin_author(who)
        elif who == OPERATOR:
            found = {"type": "bot", "id": str(who), "name": "Operator", "email": None}
        else:
            person = row.script.person
            found = {
                "type": "lead" if is_lead(person) else "user",
                "id": contact_id(person),
                "name": customer_name(person),
                "email": customer_email(person),
            }
        return found[name]

    return get


def _statistic(name: str) -> Getter:
    def get(row: Row) -> Any:
        return (wire.statistics(row.state) or {}).get(name)

    return get


NUMBERS: dict[str, Getter] = {
    "created_at": lambda row: row.state.created_at,
    "updated_at": lambda row: row.state.updated_at,
    "waiting_since": lambda row: row.state.waiting_since,
    "snoozed_until": lambda row: row.state.snoozed_until,
    "admin_assignee_id": lambda row: row.state.admin_assignee,
    "team_assignee_id": lambda row: row.state.team_assignee,
    "conversation_rating.requested_at": lambda row: row.state.rating_asked,
    "conversation_rating.replied_at": lambda row: row.state.rated_at,
    "conversation_rating.score": lambda row: row.state.rating,
    "ai_agent.rating": lambda row: row.state.ai_rating,
    "statistics.first_contact_reply_at": lambda row: row.state.contact_first,
    "statistics.last_contact_reply_at": lambda row: row.state.contact_last,
    "statistics.first_admin_reply_at": lambda row: row.state.replied_first,
    "statistics.last_admin_reply_at": lambda row: row.state.replied_last,
    "statistics.first_close_at": lambda row: row.state.closed_first,
    "statistics.last_close_at": lambda row: row.state.closed_last,
    "statistics.count_reopens": lambda row: row.state.reopens,
    **{
        f"statistics.{name}": _statistic(name)
        for name in (
            "time_to_assignment",
            "time_to_admin_reply",
            "time_to_first_close",
            "time_to_last_close",
            "median_time_to_reply",
            "first_assignment_at",
            "last_assignment_at",
            "last_assignment_admin_reply_at",
            "count_assignments",
            "count_conversation_parts",
        )
    },
}

_TEXTS: dict[str, Getter] = {
    "id": lambda row: str(row.script.id),
    "state": lambda row: row.state.state,
    "source.type": lambda row: "email" if row.script.channel == "email" else "conversation",
    "source.delivered_as": lambda row: row.script.delivered_as,
    "source.subject": lambda row: row.script.subject,
    "source.url": lambda row: row.script.url,
    "source.author.id": _author("id"),
    "source.author.type": _author("type"),
    "source.author.name": _author("name"),
    "source.author.email": _author("email"),
    "priority": lambda row: "high" if any(name == "vip" for name, _, _ in row.state.tags) else "none",
    "ai_agent.resolution_state": lambda row: row.state.ai_state,
    "ai_agent.last_answer_type": lambda row: "ai_answer" if row.state.ai_answered else None,
    "statistics.last_closed_by_id": _statistic("last_closed_by_id"),
}

_FLAGS: dict[str, Getter] = {
    "open": lambda row: row.state.state != "closed",
    "read": lambda row: row.state.replied_last is not None,
    "ai_agent_participated": lambda row: row.state.ai_participated,
}

_SETS: dict[str, Getter] = {
    "tag_ids": lambda row: [wire.TAG_IDS[name] for name, _, _ in row.state.tags],
    "contact_ids": lambda row: [contact_id(row.script.person)],
    "teammate_ids": lambda row: [str(who) for who in row.state.teammates],
    "source.body": lambda row: (
        re.findall(r"\w+", (row.state.opened_by.text or "").lower()) if row.state.opened_by else []
    ),
}

_NUMERIC: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda known, asked: known is not None and known > asked,
    "<": lambda known, asked: known is not None and known < asked,
    ">=": lambda known, asked: known is not None and known >= asked,
    "<=": lambda known, asked: known is not None and known <= asked,
}
_TEXTUAL: dict[str, Callable[[Any, Any], bool]] = {
    "~": lambda known, asked: known is not None and asked.lower() in known.lower(),
    "!~": lambda known, asked: known is None or asked.lower() not in known.lower(),
    "^": lambda known, asked: known is not None and known.lower().startswith(asked.lower()),
    "$": lambda known, asked: known is not None and known.lower().endswith(asked.lower()),
}


def compile_query(query: object) -> Query:
    """The predicate of a request's `query`. Raises QueryError."""
    return Query(_compile(query, 0), _since(query))


def _compile(query: object, depth: int) -> Predicate:
    if not isinstance(query, dict):
        raise QueryError("query must be an object")
    operator, value = query.get("operator"), query.get("value")
    if operator not in ("AND", "OR"):
        return _single(query.get("field"), operator, value)
    if depth >= MAX_DEPTH:
        raise QueryError(f"A maximum of {MAX_DEPTH} levels of nesting is supported")
    if not isinstance(value, list) or not value:
        raise QueryError(f"{operator} needs a list of filters")
    if len(value) > MAX_FILTERS:
        raise QueryError(f"A maximum of {MAX_FILTERS} filters per group is supported")
    tests = [_compile(item, depth + 1) for item in value]
    if operator == "OR":
        return lambda row: any(test(row) for test in tests)
    return lambda row: all(test(row) for test in tests)


def _single(field: object, operator: object, value: Any) -> Predicate:
    if not isinstance(field, str) or not isinstance(operator, str):
        raise QueryError("a filter needs field, operator and value")
    if field in _SETS:
        return _membership(_SETS[field], field, operator, value)
    getter, kind = _lookup(field)
    if operator in ("IN", "NIN"):
        if not isinstance(value, list):
            raise QueryError(f"{operator} needs an array", field=field)
        wanted = {_value(kind, field, item) for item in value}
        return (lambda row: getter(row) in wanted) if operator == "IN" else (lambda row: getter(row) not in wanted)
    asked = _value(kind, field, value)
    if operator in ("=", "!="):
        return (lambda row: bool(getter(row) == asked)) if operator == "=" else (lambda row: bool(getter(row) != asked))
    compare = _NUMERIC.get(operator) if kind is int else _TEXTUAL.get(operator) if kind is str else None
    if compare is None or asked is None:
        raise QueryError(f"operator {operator} cannot be used with {field}", field=field)
    return lambda row: compare(getter(row), asked)


def _lookup(field: str) -> tuple[Getter, type]:
    for table, kind in ((NUMBERS, int), (_TEXTS, str), (_FLAGS, bool)):
        if field in table:
            return table[field], kind
    raise QueryError(f"{field} is not a searchable field", field=field)


def _value(kind: type, field: str, value: Any) -> Any:
    if value is None:
        return 0 if field.endswith("assignee_id") else None
    try:
        if kind is int and not isinstance(value, bool):
            return int(value)
        if kind is bool:
            return {"true": True, "false": False}[str(value).lower()]
        if kind is str and not isinstance(value, (bool, list, dict)):
            return str(value)
    except (TypeError, ValueError, KeyError):
        pass
    raise QueryError(f"{value!r} is no value for {field}", field=field)


def _membership(getter: Getter, field: str, operator: str, value: Any) -> Predicate:
    wanted = {str(item).lower() for item in (value if isinstance(value, list) else [value])}
    if operator in ("=", "IN", "~"):
        return lambda row: any(item in wanted for item in getter(row))
    if operator in ("!=", "NIN", "!~"):
        return lambda row: not any(item in wanted for item in getter(row))
    raise QueryError(f"operator {operator} cannot be used with {field}", field=field)


def _since(query: object) -> int | None:
    """The lower bound that the query's AND filters set on the age of what matches."""
    if not isinstance(query, dict):
        return None
    operator, value = query.get("operator"), query.get("value")
    if operator == "AND" and isinstance(value, list):
        bounds = [bound for bound in map(_since, value) if bound is not None]
        return max(bounds, default=None)
    if query.get("field") in ("updated_at", "created_at") and operator in (">", ">=", "="):
        try:
            return int(str(value))
        except ValueError:
            return None
    return None
