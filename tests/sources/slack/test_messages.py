"""Slack's rows as canonical messages: stamps as text, who is human, markup."""

import msgspec
import pytest

from funnel_tui.model.records import ChatMessage
from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.directory import Channel, canonical
from funnel_tui.sources.slack.messages import Rewriter, readable, replies, root_of

CHANNEL = Channel("C1", "#ask", True, False)
REWRITER = Rewriter(CHANNEL, lambda user: user == "UB", "https://acme.slack.com/archives/")
STAMP = "1512085950.000216"


def row(**fields: object) -> wire.Message:
    return msgspec.convert({"ts": STAMP, "user": "U1", "text": "How?", **fields}, wire.Message)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (STAMP, STAMP),
        (" 1512085950.000216 ", STAMP),
        ("1512085950", "1512085950"),
        (1512085950.000216, STAMP),
        (1512104434, "1512104434.000000"),
        ("", None),
        (None, None),
        ("0.0", None),
        ("now", None),
        ("1512085950.00.1", None),
        (True, None),
    ],
)
def test_stamps_are_text(given: wire.Stamp, expected: str | None) -> None:
    assert wire.stamp(given) == expected


def test_stamps_are_compared_without_losing_a_digit() -> None:
    assert wire.order("1512085950.000216") < wire.order("1512085950.000217")
    assert wire.order("999999999.9") < wire.order("1512085950.000001")
    assert wire.order("1512085950.1") == wire.order("1512085950.100000")
    assert wire.second("1512085950.999999") == 1512085950


def test_ids_are_unique_in_the_workspace_and_the_link_is_the_message_s() -> None:
    thread = REWRITER.thread(STAMP, [row()], whole=True)
    assert thread.id == f"C1:{STAMP}"
    assert (thread.channel, thread.whole) == ("#ask", True)
    assert thread.url == "https://acme.slack.com/archives/C1/p1512085950000216"
    assert thread.messages == (ChatMessage(id=f"C1:{STAMP}", at=1512085950, person="U1", text="How?"),)
    assert REWRITER.ts(thread.id) == STAMP
    assert REWRITER.ts(f"C2:{STAMP}") is None


def test_messages_of_a_thread_stand_in_the_order_of_their_stamps() -> None:
    rows = [row(ts="1512085951.0"), row(ts="1512085950.5"), row()]
    thread = REWRITER.thread(STAMP, rows, whole=False)
    assert [message.at for message in thread.messages] == [1512085950, 1512085950, 1512085951]
    assert thread.messages[0].id.endswith(STAMP)


@pytest.mark.parametrize(
    ("fields", "bot"),
    [
        ({}, False),
        ({"subtype": None}, False),
        ({"subtype": "thread_broadcast"}, False),
        ({"subtype": "channel_join"}, True),
        ({"subtype": "bot_message"}, True),
        ({"subtype": "something_new"}, True),
        ({"bot_id": "B1"}, True),
        ({"user": "UB"}, True),
        ({"user": None, "bot_id": "B1"}, True),
    ],
)
def test_who_is_human(fields: dict[str, object], bot: bool) -> None:
    message = REWRITER.message(row(**fields))
    assert message.bot is bot
    assert message.person == (fields.get("user", "U1") or "B1")


def test_a_deleted_root_with_replies_leaves_a_tombstone() -> None:
    message = REWRITER.message(row(subtype="tombstone", user="USLACKBOT", text="This message was deleted."))
    assert message == ChatMessage(id=f"C1:{STAMP}", at=1512085950, gone=True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Is <@U1> in?", "Is <@U1> in?"),
        ("Is <@U1|ada> in?", "Is <@U1> in?"),
        ("see <#C1|general>", "see #general"),
        ("<!here> help", "@here help"),
        ("<!subteam^S1|@support> help", "@support help"),
        ("<https://example.com/a|the guide>", "the guide"),
        ("<https://example.com/a>", "https://example.com/a"),
        ("1 &lt; 2", "1 &lt; 2"),
        (None, None),
    ],
)
def test_markup(given: str | None, expected: str | None) -> None:
    assert readable(given) == expected


def test_escapes_are_undone_once() -> None:
    assert REWRITER.message(row(text="if a &lt; b &amp;&amp; c <@U1>\x1b[31m?")).text == "if a < b && c <@U1>[31m?"


def test_roots_and_replies() -> None:
    assert root_of(row()) == STAMP
    assert root_of(row(thread_ts=STAMP)) == STAMP
    assert root_of(row(ts="1512085951.0", thread_ts=STAMP)) == STAMP
    assert replies(row()) == (0, "")
    assert replies(row(reply_count="2", latest_reply="1512085959.0")) == (2, "1512085959.0")
    assert replies(row(latest_reply=1512085959)) == (1, "1512085959.000000")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("#ask-support", "#ask-support"),
        ("Ask-Support", "#ask-support"),
        (" ask ", "#ask"),
        ("C012AB3CD", "C012AB3CD"),
        ("#C012AB3CD", "C012AB3CD"),
        ("G012AB3CD", "G012AB3CD"),
        ("CUSTOMERS", "#customers"),
        ("c012ab3cd", "#c012ab3cd"),
    ],
)
def test_channels_are_named_by_name_or_id(given: str, expected: str) -> None:
    assert canonical(given) == expected


def test_a_damaged_row_does_not_take_the_others_with_it() -> None:
    body = b'{"ok":true,"messages":[{"ts":"1.5","text":"a"},{"ts":{}},null,{"text":"b"},{"ts":"2.5","bot_id":7}]}'
    found, damaged = wire.rows(wire.decode_messages(body))
    assert [message.ts for message in found] == ["1.5"]
    assert damaged == 4
