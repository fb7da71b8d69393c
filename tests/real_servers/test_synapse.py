"""The Matrix source against a real homeserver: the threads that it stores and the figures that the program makes of
them, through a first reading, hundreds of news, deletions, and everything read again."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from funnel_tui.model.records import ChatThread
from funnel_tui.settings import SourceSettings
from funnel_tui.sources import AuthError, StaleCursor
from funnel_tui.sources.matrix import client
from funnel_tui.sources.matrix.source import MatrixSource
from tests.end_to_end.desk import Program
from tests.real_servers import synapse
from tests.real_servers.story import BOT, DAYS, PEOPLE, ZONE, Figures, Said, Teller, figures, messages, moment
from tests.real_servers.synapse import Synapse, user

pytestmark = pytest.mark.skipif(synapse.python() is None, reason=synapse.HOW)

NAME = "team"
SINCE = "2024-03-01"
CHANNELS = {"ask": "#ask-support", "platform": "Platform questions"}
AFTER = moment(DAYS + 5, 12)
PERIODS = (
    ("2024-03-25..2024-04-03", moment(0, 0), moment(DAYS, 0)),
    ("2024-03-31..2024-03-31", moment(6, 0), moment(7, 0)),
    ("2024-04-03..2024-04-05", moment(9, 0), moment(12, 0)),
)


@dataclass
class Team:
    server: Synapse
    token: str
    """Of the account that reads."""
    rooms: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)
    """The server's id of each event of the story."""

    def tell(self, story: Sequence[Said]) -> None:
        for said in story:
            kind, content = self._event(said)
            self.ids[said.key] = self.server.send(self.rooms[said.room], said.by, kind, content, said.at)

    def _event(self, said: Said) -> tuple[str, dict[str, Any]]:
        to = self.ids[said.to] if said.to is not None else None
        text = {"msgtype": "m.text", "body": said.text}
        fallback = {"rel_type": "m.thread", "event_id": to, "is_falling_back": True, "m.in_reply_to": {"event_id": to}}
        match said.how:
            case "redact":
                return "m.room.redaction", {"redacts": to}
            case "react":
                return "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": to, "key": said.text}}
            case "edit":
                changed = {"body": f"* {said.text}", "m.new_content": text}
                return "m.room.message", text | changed | {"m.relates_to": {"rel_type": "m.replace", "event_id": to}}
            case "reply":
                quoting = {"body": f"> <{user('somebody')}> quoted\n> lines\n\n{said.text}"}
                return "m.room.message", text | quoting | {"m.relates_to": {"m.in_reply_to": {"event_id": to}}}
            case "notice":
                return "m.room.message", text | {"msgtype": "m.notice", "m.relates_to": fallback}
            case "thread":
                return "m.room.message", text | {"m.relates_to": fallback}
        return "m.room.message", text

    def configured(self, folder: Path, channels: Sequence[str] = tuple(CHANNELS.values())) -> Program:
        program = Program(folder, {"MATRIX_TOKEN": self.token})
        program.config.write_text(
            f'timezone = "{ZONE.key}"\n[[sources]]\nname = "{NAME}"\nkind = "matrix"\nbase_url = "{self.server.url}"\n'
            f'token_env = "MATRIX_TOKEN"\nsince = "{SINCE}"\nchannels = {json.dumps(list(channels))}\n'
        )
        return program

    def source(self, *channels: str, token: str | None = None) -> MatrixSource:
        settings = SourceSettings(name=NAME, kind="matrix", base_url=self.server.url, channels=channels)
        return MatrixSource(settings, token or self.token)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        token = server.account("reader")
        for name in (*PEOPLE, BOT):
            server.account(name)
        everybody = (*PEOPLE[1:], BOT, "reader")
        rooms = {
            "ask": server.room("anna", *everybody, room_alias_name="ask-support"),
            "platform": server.room("anna", *everybody, name=CHANNELS["platform"]),
        }
        server.room("anna", *everybody, name="Not configured")
        yield Team(server, token, rooms)


# --- what was stored


def stored(program: Program) -> tuple[dict[str, tuple[Any, ...]], dict[str, int]]:
    """The messages that stand, by id: thread, channel, date, person, bot, text; and when the others went."""
    with closing(sqlite3.connect(program.cache)) as cache:
        standing = cache.execute(
            "SELECT m.id, t.id, t.channel, m.at, m.person, m.bot, m.text FROM chat_message m JOIN chat_thread t"
            " USING (tid) WHERE m.gone_at IS NULL"
        ).fetchall()
        gone = cache.execute("SELECT id, gone_at FROM chat_message WHERE gone_at IS NOT NULL").fetchall()
    return {row[0]: row[1:] for row in standing}, dict(gone)


def expected(team: Team, story: Sequence[Said]) -> tuple[dict[str, tuple[Any, ...]], dict[str, int]]:
    rooms = {said.key: said.room for said in story}
    standing, gone = {}, {}
    for message in messages(story).values():
        id = team.ids[message.key]
        if message.gone_at is not None:
            gone[id] = message.gone_at
            continue
        channel = CHANNELS[rooms[message.key]]
        told = (message.at, user(message.by), int(message.bot), message.text)
        standing[id] = (team.ids[message.thread], channel, *told)
    return standing, gone


def told(program: Program, period: str, at: int) -> Figures:
    metrics = program.report("--period", period, at=at)["metrics"]
    names = ("questions", "unanswered", "first_reply.median", "interruptions")
    found = {name: metrics[f"internal.{name}"] for name in names}
    assert [row["quality"] for row in found.values()] == ["approximate", "exact", "exact", "approximate"]
    return Figures(
        questions=found["questions"]["value"],
        unanswered=found["unanswered"]["value"],
        first_replies=found["first_reply.median"]["n"],
        first_reply=found["first_reply.median"]["value"],
        interruptions=found["interruptions"]["value"],
    )


def agree(program: Program, story: Sequence[Said], at: int, never: frozenset[str] = frozenset()) -> Figures:
    for period, start, end in PERIODS:
        found = told(program, period, at)
        assert found == figures(story, start, end, at, never), (period, at)
    return told(program, PERIODS[0][0], at)


def test_threads_and_figures(team: Team, tmp_path: Path) -> None:
    teller = Teller()
    first = teller.first()
    team.tell(first)
    program = team.configured(tmp_path)
    program.must("sync", "--once")
    assert stored(program) == expected(team, first)
    before = agree(program, first, AFTER)
    assert before.questions > 30
    assert before.unanswered > 5

    later = teller.later(first)
    team.tell(later)
    program.must("sync", "--once")
    story = first + later
    assert stored(program) == expected(team, story)
    after = agree(program, story, AFTER)
    assert after.questions > before.questions + 10
    # What was deleted before the first reading was never known; what was deleted since was, and counts until then.
    never = frozenset(said.to for said in first if said.how == "redact" and said.to)
    earlier = [agree(program, story, moment(9, 18, minute, 30), never) for minute in (0, 7, 14)]
    assert len({(found.questions, found.first_reply) for found in earlier}) > 1

    told_before = program.must("sync", "--once")
    assert "0 rows changed" in told_before
    program.must("sync", "--once", "--full")
    assert stored(program) == expected(team, story)
    assert [agree(program, story, moment(9, 18, minute, 30), never) for minute in (0, 7, 14)] == earlier


async def test_pages_of_any_size_and_any_break(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    room = team.server.room("anna", "ben", "reader", name="Paged")
    plain = {"msgtype": "m.text", "body": "?"}
    send = partial(team.server.send, room, "ben", "m.room.message", plain)
    past = {send(moment(day % 5, 9, day)) for day in range(25)}
    source = team.source("Paged")
    monkeypatch.setattr(client, "PER_PAGE", 7)
    monkeypatch.setattr(client, "NEWS", 10)
    position = await source.position("messages")
    pages = [page async for page in source.read("messages", 0, AFTER)]
    assert len(pages) > 3
    assert threads(pages) == past
    half = pages[1].cursor
    assert threads(pages[:2] + [page async for page in source.read("messages", 0, AFTER, half)]) == past

    news = {send(moment(0, 9) + number) for number in range(35)}
    pages = [page async for page in source.follow("messages", position)]
    assert len(pages) > 3
    assert threads(pages) == news
    half = str(pages[1].cursor)
    assert threads(pages[:2] + [page async for page in source.follow("messages", half)]) == news
    assert threads([page async for page in source.follow("messages", str(pages[-1].cursor))]) == set()
    with pytest.raises(StaleCursor):
        _ = [page async for page in source.follow("messages", position.replace('"s', '"gone'))]
    with pytest.raises(StaleCursor):
        _ = [page async for page in source.read("messages", 0, AFTER, json.dumps([[room, "t1-gone", None]]))]
    await source.close()


def threads(pages: Sequence[Any]) -> set[str]:
    return {record.id for page in pages for record in page.records if isinstance(record, ChatThread)}


def test_rooms_that_come_go_move_and_are_hidden(team: Team, tmp_path: Path) -> None:
    server = team.server
    plain = {"msgtype": "m.text", "body": "Where is it?"}
    late = server.room("anna", "ben", name="Late")
    open_, secret = (server.room("anna", "ben", "reader", name=name) for name in ("Open", "Secret"))
    old = {server.send(late, "ben", "m.room.message", plain, moment(1, 10)) for _ in range(3)}
    here = {server.send(open_, "ben", "m.room.message", plain, moment(1, 11))}
    server.set_state(secret, "anna", "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    server.send(secret, "ben", "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"})
    program = team.configured(tmp_path, ("Open", "Late", "Secret"))

    done = program.run("sync", "--once")
    assert done.returncode == 0, done.stderr
    assert "no room of @reader:loop.test is called Late. Invite the account there" in done.stderr
    assert "Secret is encrypted: what is said there cannot be read" in done.stderr
    assert set(stored(program)[0]) == here
    state = program.report("--period", "today", at=AFTER)["freshness"][NAME]["state"]
    assert state in ("partial", "stale")

    server.join(late, "reader")
    new = {server.send(late, "ben", "m.room.message", plain, moment(2, 10))}
    done = program.run("sync", "--once")
    assert "is called Late" not in done.stderr
    assert set(stored(program)[0]) == here | old | new, "the past of a room that was joined since is read too"

    replacement = server.call("POST", f"/rooms/{open_}/upgrade", {"new_version": "11"}, user_id=user("anna"))
    done = program.run("sync", "--once")
    server.join(str(replacement["replacement_room"]), "ben")
    moved = {server.send(str(replacement["replacement_room"]), "ben", "m.room.message", plain, moment(3, 10))}
    done = program.run("sync", "--once")
    assert f"Open was replaced by the room {replacement['replacement_room']}" in done.stderr
    server.join(str(replacement["replacement_room"]), "reader")
    program.must("sync", "--once")
    assert set(stored(program)[0]) == here | old | new | moved


async def test_a_wrong_token(team: Team) -> None:
    source = team.source("Open", token="not-a-token")
    with pytest.raises(AuthError, match=r"M_UNKNOWN_TOKEN.*Log the account in anew"):
        await source.identify()
    await source.close()
