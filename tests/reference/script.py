"""A short way to write worlds by hand: `talk("c1", "03-02 10:00 customer", "03-02 10:05 agent actor=g1")`."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

ALIASES = {"customer": "customer_message", "agent": "agent_reply", "bot": "bot_answer", "handoff": "bot_handoff"}


@dataclass(frozen=True)
class OfficeHours:
    days: frozenset[int]
    start_minute: int
    end_minute: int
    holidays: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Scenario:
    """A world and what the text says of it; `expected` values are a figure, or (figure, n), or (figure, n, pending)."""

    name: str
    lines: list[dict[str, Any]]
    expected: dict[str, Any] = field(default_factory=dict)
    expected_funnel: dict[str, int] | None = None
    """Nodes; those not named are 0."""
    readings: dict[str, Any] = field(default_factory=dict)
    """Expected where the text leaves a choice: the table in `brute` says which was taken."""
    start: int = 0
    end: int = 0
    as_of: int = 0
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    config: dict[str, Any] = field(default_factory=dict)
    """`filters`, `article_rate`, `reopen_window`, `office_hours`."""


def when(text: str) -> int:
    """Epoch of `MM-DD HH:MM[:SS]` in 2026, or of a whole ISO date and time, UTC."""
    full = text if text[:4].isdigit() else f"2026-{text}"
    return int(datetime.fromisoformat(full).replace(tzinfo=UTC).timestamp())


def scenario(
    name: str,
    *parts: list[dict[str, Any]] | dict[str, Any],
    expected: dict[str, Any] | None = None,
    funnel: dict[str, int] | None = None,
    readings: dict[str, Any] | None = None,
    span: tuple[str, str] = ("03-01 00:00", "04-01 00:00"),
    as_of: str = "05-01 00:00",
    zone: str = "UTC",
    **config: Any,
) -> Scenario:
    """March 2026 as known on 1 May, unless told otherwise."""
    lines = [line for part in parts for line in (part if isinstance(part, list) else [part])]
    start, end = map(when, span)
    return Scenario(
        name, lines, expected or {}, funnel, readings or {}, start, end, when(as_of), ZoneInfo(zone), config
    )


def talk(ident: str, *steps: str, **record: Any) -> list[dict[str, Any]]:
    """A conversation and its events; the person is `p-<id>` unless said. `person=None` leaves it out."""
    workspace = {"workspace": record.pop("workspace")} if "workspace" in record else {}
    head = {"type": "conversation", "id": ident, "person": f"p-{ident}", **record, **workspace}
    return [{k: v for k, v in head.items() if v is not None}, *(event(ident, s, **workspace) for s in steps)]


def event(ident: str, step: str, **more: Any) -> dict[str, Any]:
    day, clock, kind, *extras = step.split()
    line: dict[str, Any] = {"type": "event", "conversation": ident, "at": when(f"{day} {clock}"), **more}
    line["kind"] = ALIASES.get(kind, kind)
    for extra in extras:
        key, value = extra.split("=")
        line[key] = json.loads(value) if value[0] in "[{0123456789" or value in ("true", "false", "null") else value
    return line


def view(at: str, article: str, **who: Any) -> dict[str, Any]:
    return {"type": "article_view", "article": article, "at": when(at), **who}


def receipt(ident: str, **more: Any) -> dict[str, Any]:
    """Times by their first word: `delivered="03-02 10:00"`."""
    names = ("delivered", "opened", "clicked", "replied", "bounced")
    line = {f"{k}_at" if k in names else k: when(v) if k in names and v else v for k, v in more.items()}
    return {"type": "outbound", "id": ident, "campaign": "m1", **line}


def agent(ident: str, **more: Any) -> dict[str, Any]:
    return {"type": "agent", "id": ident, **more}
