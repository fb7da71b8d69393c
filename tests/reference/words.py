"""Canonical lines to an as-of world: parsed times, one copy of equal lines, the last line of each id, sorted events."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

HOUR = 3600
DAY = 86_400

Line = Mapping[str, Any]
Key = tuple[str, str]
"""Workspace and id: equal ids of two workspaces are two things."""
Viewer = tuple[str, str, str]
"""Workspace, `person`, `session` or, of one whom nobody names, `conversation`, and the id."""

TIMES = ("at", "delivered_at", "opened_at", "clicked_at", "replied_at", "bounced_at")

# interface.md: reopened, customer, bot, hand-off, assigned, agent, closed, rated. The kinds it leaves out stand where
# they disturb least: what wakes before the customer, what sets aside after the agent, what hides at the end.
RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            "reopened",
            "unsnoozed",
            "customer_message",
            "auto_reply",
            "bot_answer",
            "bot_handoff",
            "team_assigned",
            "unassigned",
            "assigned",
            "note",
            "agent_reply",
            "snoozed",
            "closed",
            "rating_requested",
            "rated",
            "tagged",
            "deleted",
            "spam",
            "restored",
            "merged_into",
        )
    )
}


@dataclass(frozen=True)
class Happening:
    at: int
    kind: str
    line: Line


@dataclass(frozen=True)
class View:
    at: int
    article: str
    viewer: Viewer


@dataclass
class World:
    """All that is known at one moment."""

    as_of: int
    conversations: dict[Key, Line] = field(default_factory=dict)
    events: dict[Key, list[Happening]] = field(default_factory=dict)
    receipts: dict[Key, Line] = field(default_factory=dict)
    agents: dict[Key, Line] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)
    ties: dict[Key, str] = field(default_factory=dict)
    """Workspace and session to the person that a record ties it to."""

    def viewer(self, workspace: str, person: str | None, session: str | None) -> Viewer | None:
        """A person; a session counts as the person that any record ties it to, else as itself."""
        if person is not None:
            return (workspace, "person", person)
        if session is None:
            return None
        tied = self.ties.get((workspace, session))
        return (workspace, "person", tied) if tied is not None else (workspace, "session", session)


def moment(value: Any) -> int | None:
    """Epoch seconds of an ISO 8601 text or an epoch number; fractions are cut, a time without offset is UTC."""
    if value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    try:
        return int(float(value))
    except ValueError:
        pass
    stamp = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=UTC)
    return int(stamp.timestamp() // 1)


def plain(line: Line) -> dict[str, Any]:
    """The line with its times parsed, its workspace said and its nulls dropped, so that equal lines are equal."""
    result = {name: moment(value) if name in TIMES else value for name, value in line.items()}
    result.setdefault("workspace", "import")
    return {name: value for name, value in result.items() if value is not None or name in ("team", "to")}


def text(line: Line) -> str:
    return json.dumps(line, sort_keys=True, default=str)


def read(lines: Iterable[Line], as_of: int) -> World:
    """The world at `as_of`: dated lines after it are not known yet, undated ones always are."""
    world = World(as_of)
    seen: set[str] = set()
    view_lines: list[Line] = []
    for raw in lines:
        line: Line = plain(raw)
        kind, workspace = line["type"], line["workspace"]
        if kind == "conversation":
            world.conversations[workspace, str(line["id"])] = line
        elif kind == "outbound":
            world.receipts[workspace, str(line["id"])] = line
        elif kind == "agent":
            world.agents[workspace, str(line["id"])] = line
        elif kind in ("event", "article_view") and line["at"] <= as_of:
            key = text(line)
            if key in seen:
                continue
            seen.add(key)
            if kind == "article_view":
                view_lines.append(line)
            else:
                happening = Happening(line["at"], line["kind"], line)
                world.events.setdefault((workspace, str(line["conversation"])), []).append(happening)
    for happenings in world.events.values():
        happenings.sort(key=lambda h: (h.at, RANK[h.kind], text(h.line)))
    world.ties = ties(world, view_lines)
    for line in view_lines:
        viewer = world.viewer(line["workspace"], line.get("person"), line.get("session"))
        if viewer is not None:
            world.views.append(View(line["at"], str(line["article"]), viewer))
    world.views.sort(key=lambda v: (v.at, v.article, v.viewer))
    return world


def ties(world: World, views: Iterable[Line]) -> dict[Key, str]:
    """Sessions to persons. A conversation's tie is known with its first event; of several the newest wins."""
    found: list[tuple[int, str, str, str]] = []
    for line in views:
        if "person" in line and "session" in line:
            found.append((line["at"], line["workspace"], line["session"], line["person"]))
    for key, record in world.conversations.items():
        events = world.events.get(key)
        if "person" in record and "session" in record and events:
            found.append((events[0].at, key[0], record["session"], record["person"]))
    return {(workspace, session): person for _, workspace, session, person in sorted(found)}
