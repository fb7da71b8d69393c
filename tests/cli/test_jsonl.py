"""The canonical import format: what each line becomes, and why a line is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel_tui.model.records import Agent, Article, ArticleView, Conversation, Event, Kind, Outbound, Record
from funnel_tui.sources.jsonl import Refused, epoch, parse, parse_line


def record(**fields: Any) -> Record:
    return parse_line(json.dumps(fields).encode())[1]


def event(kind: str, **fields: Any) -> Record:
    return record(type="event", conversation="c1", at="2026-01-01T10:00:00Z", kind=kind, **fields)


def reason(line: dict[str, Any] | bytes) -> str:
    with pytest.raises(Refused) as caught:
        parse_line(line if isinstance(line, bytes) else json.dumps(line).encode())
    return str(caught.value)


def test_each_type_becomes_its_record() -> None:
    assert record(type="conversation", id="c1", channel="chat", team="billing", tags=["refund"], person="p1") == (
        Conversation(id="c1", channel="chat", team="billing", tags=("refund",), person="p1")
    )
    assert record(type="conversation", id=7, session=8, url="https://x.example") == (
        Conversation(id="7", session="8", url="https://x.example")
    )
    assert record(type="outbound", id="r1", campaign="m7", delivered_at=10, opened_at=None) == (
        Outbound(id="r1", campaign="m7", delivered_at=10)
    )
    assert record(type="article", id="a1", title="T") == Article(id="a1", title="T")
    assert record(type="article_view", article="a1", session="s1", at=5) == ArticleView(
        article="a1", at=5, session="s1"
    )
    assert record(type="agent", id="g1", name="N", away=False) == Agent(id="g1", name="N")


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind not in ("assigned", "merged_into", "team_assigned", "rated", "tagged")]
)
def test_every_event_kind_is_taken(kind: Kind) -> None:
    found = event(kind, actor="x", text="t")
    assert isinstance(found, Event)
    assert (found.kind, found.conversation, found.at, found.actor) == (kind, "c1", 1767261600, "x")


def test_fields_of_single_kinds() -> None:
    assert event("assigned", to=9) == Event(conversation="c1", at=1767261600, kind=Kind.ASSIGNED, to="9")
    assert event("merged_into", to="c2") == Event(conversation="c1", at=1767261600, kind=Kind.MERGED_INTO, to="c2")
    assert event("team_assigned", team=None) == Event(conversation="c1", at=1767261600, kind=Kind.TEAM_ASSIGNED)
    assert event("tagged", tag="vip").tags == ("vip",)  # type: ignore[union-attr]
    assert event("tagged", tags=["vip", "eu"]).tags == ("vip", "eu")  # type: ignore[union-attr]
    assert event("tagged").tags == ()  # type: ignore[union-attr]
    assert event("rated", score=3).scale == (1.0, 5.0)  # type: ignore[union-attr]
    assert event("rated", score=0, scale=[0, 1]).score == 0.0  # type: ignore[union-attr]
    assert event("closed", by="bot", confirmed=True).confirmed is True  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "by"), [({"actor": "g1"}, "agent"), ({}, "system"), ({"actor": "p1", "by": "customer"}, "customer")]
)
def test_who_closed_where_it_is_not_said(fields: dict[str, Any], by: str) -> None:
    assert event("closed", **fields).by == by  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-01-01T10:00:00Z", 1767261600),
        ("2026-01-01T10:00:00", 1767261600),
        ("2026-01-01 10:00", 1767261600),
        ("2026-01-01t10:00:00z", 1767261600),
        ("2026-01-01T15:30:00+05:30", 1767261600),
        ("2026-01-01T05:00:00.999999-05:00", 1767261600),
        ("2026-01-01", 1767225600),
        ("2025-12-31T24:00:00Z", 1767225600),
        ("2025-12-31T24:00", 1767225600),
        ("2025-12-31 24:00:00.000+05:30", 1767225600 - 19800),
        ("20251231T240000Z", 1767225600),
        ("2016-12-31T23:59:60Z", 1483228799),
        ("2016-12-31T23:59:60.7", 1483228799),
        ("2017-01-01T05:29:60+05:30", 1483228799),
        (1767261600, 1767261600),
        (1767261600.999, 1767261600),
        (0, 0),
    ],
)
def test_times(value: str | float, seconds: int) -> None:
    assert epoch(value, "at") == seconds


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"type": "ticket", "id": 1}, "type: invalid value 'ticket'; allowed: conversation, event"),
        ({"id": 1}, "type: missing"),
        ({"type": "conversation"}, "id: missing"),
        ({"type": "conversation", "id": ""}, "id: is empty"),
        ({"type": "conversation", "id": None}, "id: expected `int | str`, got `null`"),
        ({"type": "event", "conversation": "c", "kind": "closed"}, "at: missing"),
        ({"type": "event", "conversation": "c", "at": True, "kind": "closed"}, "at: expected `int | float | str`"),
        ({"type": "event", "conversation": "c", "at": "yesterday", "kind": "closed"}, "no ISO 8601 time"),
        ({"type": "event", "conversation": "c", "at": "2026-01-01T12:00:60Z", "kind": "closed"}, "no ISO 8601 time"),
        ({"type": "event", "conversation": "c", "at": "2026-01-01T24:00:01Z", "kind": "closed"}, "no ISO 8601 time"),
        ({"type": "event", "conversation": "c", "at": "9999-12-31T24:00:00Z", "kind": "closed"}, "1970 to 2100"),
        ({"type": "event", "conversation": "c", "at": -1, "kind": "closed"}, "outside 1970 to 2100"),
        ({"type": "event", "conversation": "c", "at": 1767261600000, "kind": "closed"}, "not milliseconds"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "shut"}, "allowed: customer_message agent_reply"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "assigned", "actor": "g"}, "to: missing"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "merged_into"}, "to: missing"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "merged_into", "to": "c"}, "into itself"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "team_assigned"}, "team: missing"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "rated"}, "score: missing"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "rated", "score": 6}, "outside the scale [1, 5]"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "rated", "score": 1, "scale": [5, 1]}, "scale:"),
        ({"type": "event", "conversation": "c", "at": 1, "kind": "closed", "by": "cat"}, "by: invalid enum value"),
        ({"type": "outbound", "id": 1, "opened_at": "x"}, "opened_at: 'x' is no ISO 8601 time"),
        ({"type": "article_view", "article": "a", "at": 1}, "person: missing"),
        ({"type": "agent", "id": 1, "away": "no"}, "away: expected `bool"),
        (b'{"type": "conversation", "id": "a"', "not one JSON object: input data was truncated"),
        (b"[]", "expected `object`, got `array`"),
        (b'{"type": "event", "conversation": 1, "at": 1, "kind": "rated", "score": NaN}', "not one JSON object"),
        (b'{"type": "conversation", "id": "\xff"}', "not UTF-8"),
        (b'{"type": "conversation", "subject": "\\ud83d", "id": "a"', "not one JSON object: input data was truncated"),
        (b'{"type": "article", "id": 1, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}", "nested too deeply"),
    ],
)
def test_a_refusal_says_why(line: dict[str, Any] | bytes, says: str) -> None:
    assert says in reason(line)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"cut \ud83d", "cut \ufffd"),
        (r"\uDE00 cut, and more text behind it", "\ufffd cut, and more text behind it"),
        (r"\ud83d\ud83d\ude00\ud83d\u0041", "\ufffd\N{GRINNING FACE}\ufffdA"),
        (r"no escape: \\ud83d; one: \\\ud83d", "no escape: \\ud83d; one: \\\ufffd"),
        (r"whole \ud83d\ude00", "whole \N{GRINNING FACE}"),
    ],
)
def test_text_that_was_cut_inside_a_character_is_taken(written: str, read: str) -> None:
    line = f'{{"type": "article", "id": 1, "unknown \\udc00": "\\ud83d", "title": "{written}"}}'
    assert parse_line(line.encode())[1] == Article(id="1", title=read)


def test_unknown_keys_are_passed_over_and_workspaces_told() -> None:
    workspace, found = parse_line(b'{"type": "article", "id": 1, "colour": "red", "workspace": "acme"}')
    assert (workspace, found) == ("acme", Article(id="1"))
    assert parse_line(b'{"type": "article", "id": 1}')[0] == "import"


def test_numbers_count_empty_lines_and_a_byte_order_mark_is_passed_over() -> None:
    lines = [
        b'\xef\xbb\xbf{"type": "article", "id": 1}\r\n',
        b"\n",
        b"  \n",
        b"nonsense\n",
        b'{"type": "article", "id": 2}',
    ]
    results = list(parse(lines))
    assert [number for number, _ in results] == [1, 4, 5]
    assert isinstance(results[1][1], Refused)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_record_or_a_refusal(line: bytes) -> None:
    assert _outcome(lambda: parse_line(line)[1].__struct_fields__)


@given(st.one_of(st.integers(), st.floats(), st.text(max_size=30)))
def test_any_time_is_whole_seconds_or_a_refusal(value: int | float | str) -> None:
    found = _outcome(lambda: epoch(value, "at"))
    assert found.startswith("at: ") if isinstance(found, str) else 0 <= found < 4_102_444_800


def _outcome(call: Callable[[], Any]) -> Any:
    """What it returned, or the reason of its refusal."""
    try:
        return call()
    except Refused as refused:
        return str(refused)
