"""The canonical import: one JSON object a line, strictly checked, turned into canonical records.

For systems without a connector. Times are ISO 8601 (any offset; without one, UTC; fractions floored) or epoch seconds.
Ids may be numbers. Keys that are not known are passed over; kinds, types and values that are not known are refused,
with a reason that its author can act on.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from funnel_tui.model.records import Agent, Article, ArticleView, Conversation, Event, Kind, Outbound, Record
from funnel_tui.sources.iso import timestamp

DEFAULT_WORKSPACE = "import"
DEFAULT_SCALE = (1.0, 5.0)
LATEST = 4_102_444_800
"""2100-01-01: beyond it stand milliseconds that were meant as seconds."""

Id = str | int
Time = str | int | float


class Refused(ValueError):
    """A line that cannot be loaded; the message says why."""


class _Line(Struct, tag_field="type"):
    workspace: Id | None = None


class _Conversation(_Line, tag="conversation", kw_only=True):
    id: Id
    channel: str | None = None
    team: Id | None = None
    subject: str | None = None
    tags: tuple[Id, ...] | None = None
    person: Id | None = None
    session: Id | None = None
    url: str | None = None
    origin: str | None = None


class _Event(_Line, tag="event", kw_only=True):
    conversation: Id
    at: Time
    kind: Kind
    actor: Id | None = None
    text: str | None = None
    to: Id | None = None
    team: Id | UnsetType | None = UNSET
    score: float | None = None
    scale: tuple[float, float] | None = None
    by: Literal["agent", "bot", "customer", "system"] | None = None
    confirmed: bool | None = None
    tag: Id | None = None
    tags: tuple[Id, ...] | None = None
    bot: bool | None = None


class _Outbound(_Line, tag="outbound", kw_only=True):
    id: Id
    campaign: Id | None = None
    campaign_name: str | None = None
    channel: str | None = None
    person: Id | None = None
    delivered_at: Time | None = None
    opened_at: Time | None = None
    clicked_at: Time | None = None
    replied_at: Time | None = None
    bounced_at: Time | None = None


class _Article(_Line, tag="article", kw_only=True):
    id: Id
    title: str | None = None
    url: str | None = None


class _ArticleView(_Line, tag="article_view", kw_only=True):
    article: Id
    at: Time
    person: Id | None = None
    session: Id | None = None


class _Agent(_Line, tag="agent", kw_only=True):
    id: Id
    name: str | None = None
    team: Id | None = None
    away: bool | None = None


_decode = msgspec.json.Decoder(_Conversation | _Event | _Outbound | _Article | _ArticleView | _Agent).decode


def parse_line(line: bytes) -> tuple[str, Record]:
    """The workspace and the record of one line. Raises Refused with the reason."""
    row = _row(line)
    workspace = DEFAULT_WORKSPACE if row.workspace is None else _need(row.workspace, "workspace")
    return workspace, _CONVERT[type(row)](row)


def _row(line: bytes, *, mend: bool = True) -> Any:
    """The line's fields, checked. Text that was cut inside a character is taken, with a mark where the half stood."""
    try:
        return _decode(line)
    except UnicodeDecodeError:
        raise Refused("not UTF-8 text") from None
    except msgspec.ValidationError as error:
        raise Refused(_reason(str(error))) from None
    except msgspec.DecodeError as error:
        if mend and (mended := _ESCAPE.sub(_whole, line)) != line:
            return _row(mended, mend=False)
        raise Refused(f"not one JSON object: {_lower(str(error))}") from None
    except RecursionError:
        raise Refused("nested too deeply") from None


_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.S
)
"""An escape of JSON; its group is half of a pair without the other half."""


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] else escape[0]


def parse(lines: Iterable[bytes]) -> Iterator[tuple[int, tuple[str, Record] | Refused]]:
    """Numbered results, from 1, of a file's lines; empty lines are passed over, a byte order mark as well."""
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.isspace() or not line:
            continue
        try:
            yield number, parse_line(line)
        except Refused as refused:
            yield number, refused


def epoch(value: Time, field: str) -> int:
    """Whole UTC epoch seconds, fractions floored. Raises Refused where the value is no moment that can be meant."""
    if isinstance(value, str):
        try:
            value = timestamp(value)
        except ValueError:
            raise Refused(f"{field}: {str(value)[:40]!r} is no ISO 8601 time") from None
    if not 0 <= value < LATEST:
        hint = "; epoch times are seconds, not milliseconds" if value >= LATEST else ""
        raise Refused(f"{field}: lies outside 1970 to 2100{hint}")
    return math.floor(value)


def _id(value: Id | None) -> str | None:
    return str(value) if isinstance(value, int) else value or None


def _need(value: Id, field: str) -> str:
    text = str(value)
    if not text.strip():
        raise Refused(f"{field}: is empty")
    return text


def _when(value: Time | None, field: str) -> int | None:
    return None if value is None else epoch(value, field)


def _tags(values: tuple[Id, ...] | None) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if values else ()


def _conversation(row: _Conversation) -> Conversation:
    return Conversation(
        id=_need(row.id, "id"),
        channel=row.channel,
        team=_id(row.team),
        subject=row.subject,
        tags=_tags(row.tags),
        person=_id(row.person),
        session=_id(row.session),
        url=row.url,
        origin=row.origin,
    )


def _event(row: _Event) -> Event:
    conversation = _need(row.conversation, "conversation")
    at = epoch(row.at, "at")
    actor = _id(row.actor)
    refine = _REFINE.get(row.kind)
    if refine is None:
        return Event(conversation=conversation, at=at, kind=row.kind, actor=actor, text=row.text)
    event = Event(conversation=conversation, at=at, kind=row.kind, actor=actor, text=row.text, **refine(row))
    if event.kind is Kind.MERGED_INTO and event.to == conversation:
        raise Refused("to: a conversation cannot be merged into itself")
    return event


def _with_to(row: _Event) -> dict[str, Any]:
    to = _id(row.to)
    if to is None:
        raise Refused(f"to: missing, {row.kind} needs it")
    return {"to": to}


def _with_team(row: _Event) -> dict[str, Any]:
    if row.team is UNSET:
        raise Refused("team: missing, team_assigned needs it (null for none)")
    return {"team": _id(row.team)}


def _with_by(row: _Event) -> dict[str, Any]:
    """Who closed it. Where that is not said, somebody with an id was an agent, nobody was the system."""
    by = row.by or ("system" if _id(row.actor) is None else "agent")
    return {"by": by, "confirmed": row.confirmed}


def _with_score(row: _Event) -> dict[str, Any]:
    if row.score is None:
        raise Refused("score: missing, rated needs it")
    low, high = row.scale or DEFAULT_SCALE
    if not low < high:
        raise Refused("scale: must be [lowest, highest]")
    if not low <= row.score <= high:
        raise Refused(f"score: {row.score:g} lies outside the scale [{low:g}, {high:g}]")
    return {"score": row.score, "scale": (low, high), "bot": row.bot}


def _with_tags(row: _Event) -> dict[str, Any]:
    return {"tags": _tags(row.tags) or ((str(row.tag),) if row.tag is not None else (row.text,) if row.text else ())}


_REFINE: dict[Kind, Callable[[_Event], dict[str, Any]]] = {
    Kind.ASSIGNED: _with_to,
    Kind.MERGED_INTO: _with_to,
    Kind.TEAM_ASSIGNED: _with_team,
    Kind.AUTO_REPLY: lambda row: {"bot": row.bot},
    Kind.CLOSED: _with_by,
    Kind.RATED: _with_score,
    Kind.TAGGED: _with_tags,
}


def _outbound(row: _Outbound) -> Outbound:
    return Outbound(
        id=_need(row.id, "id"),
        campaign=_id(row.campaign),
        campaign_name=row.campaign_name,
        channel=row.channel,
        person=_id(row.person),
        delivered_at=_when(row.delivered_at, "delivered_at"),
        opened_at=_when(row.opened_at, "opened_at"),
        clicked_at=_when(row.clicked_at, "clicked_at"),
        replied_at=_when(row.replied_at, "replied_at"),
        bounced_at=_when(row.bounced_at, "bounced_at"),
    )


def _article(row: _Article) -> Article:
    return Article(id=_need(row.id, "id"), title=row.title, url=row.url)


def _article_view(row: _ArticleView) -> ArticleView:
    person, session = _id(row.person), _id(row.session)
    if person is None and session is None:
        raise Refused("person: missing, an article_view needs a person or a session")
    return ArticleView(article=_need(row.article, "article"), at=epoch(row.at, "at"), person=person, session=session)


def _agent(row: _Agent) -> Agent:
    return Agent(id=_need(row.id, "id"), name=row.name, team=_id(row.team), away=bool(row.away))


_CONVERT: dict[type, Callable[[Any], Record]] = {
    _Conversation: _conversation,
    _Event: _event,
    _Outbound: _outbound,
    _Article: _article,
    _ArticleView: _article_view,
    _Agent: _agent,
}


def _reason(message: str) -> str:
    """A decoder's complaint with the field in front, as the other reasons have it."""
    what, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if what.startswith("Object missing required field"):
        return f"{what.split('`')[1]}: missing"
    if field == "type":
        return f"type: {_lower(what)}; allowed: conversation, event, outbound, article, article_view, agent"
    if field == "kind":
        return f"kind: {_lower(what)}; allowed: {' '.join(Kind)}"
    return f"{field}: {_lower(what)}" if field else _lower(what)


def _lower(text: str) -> str:
    return text if text.startswith("JSON") else text[:1].lower() + text[1:]
