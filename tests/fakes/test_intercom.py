"""Intercom at its worst against the real program: what it reports is what happened, or it says what is missing."""

import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import COUNTED, DAY, UNTOLD, Question
from tests.end_to_end.desk import Program
from tests.fakes.intercom import Manners, Workspace, workspace
from tests.fakes.intercom_export import Shape, refusal
from tests.fakes.intercom_talks import ADMINS, Move, Talk
from tests.fakes.intercom_wire import Dialect
from tests.fakes.running import good_sync, killed_at, mismatch, program, sync, wrong_rows
from tests.fakes.toolkit import Call, Clock, FakeServer, Hostility

NOW = 1_772_632_800
"""4 March 2026, 14:00 in Dublin."""
BUSY_UNTIL = NOW + 3 * 3600
SINCE = "2025-11-01"
OVERLAP = 20 * 60
"""More than what is late ever is."""
HANDFUL = 12
QUIET = UNTOLD | COUNTED
SAID = r"export (failed|has expired)|another export is running|cannot be unpacked|outbound: pending"
"""Warnings that a hostile export deserves."""


def configured(folder: Path, server: FakeServer, version: str = "2.16") -> Program:
    extra = "" if version == "2.16" else f'api_version = "{version}"'
    return program(folder, server, "intercom", since=SINCE, extra=extra)


def wrong(
    made: Program,
    world: Workspace,
    *,
    untold: Iterable[str] = QUIET,
    apart: Iterable[str] = (),
    funnel: bool = True,
) -> dict[str, Any]:
    """Where the report, and the list of the year's conversations, differ from the truth of now."""
    now = world.clock() + max(0, world.hostility.skew)  # a deletion that shows only as 404 is of the server's moment
    lines = world.lines(now)
    found: dict[str, Any] = {}
    for period in ("year", "last-28d"):
        told = mismatch(made, lines, Question(period, now), untold=untold, apart=apart, funnel=funnel)
        found |= {f"{period} {metric}": what for metric, what in told.items()}
    agents = {str(id): f"Agent {id}" for id in ADMINS.values()}
    return found | wrong_rows(made, lines, Question("year", now), names=agents, apart=("subject",))


def test_a_calm_one(tmp_path: Path) -> None:
    world = workspace(1, now=NOW)
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        good_sync(made)
        assert wrong(made, world) == {}
        asked = len(server.calls)
        assert good_sync(made).requests == len(server.calls) - asked <= HANDFUL
    assert (server.over_limit, world.protests) == ([], [])


def at_its_worst(seed: int) -> dict[str, Any]:
    """What a world of the same seed always is."""
    luck = random.Random(f"worst {seed}")
    return {
        "hostility": Hostility(
            seed,
            trouble=luck.choice((0.1, 0.3)),
            skew=luck.choice((90, -3000)),
            late=luck.choice((300, 600)),
            duplicates=0.2,
            disorder=True,
            odd=True,
            stale_cursors=0.3,
        ),
        "manners": Manners(
            order=luck.choice(("honoured", "descending", "id", "scattered")),
            inclusive=luck.random() < 0.5,
            cursors=luck.choice(("after", "offset")),
            page=luck.choice((150, 20, 7)),
            last=luck.choice(("absent", "null", "no pages")),
            silent_outbound=luck.random() < 0.5,
            articles_next=luck.choice(("object", "url")),
            counters=luck.choice(("conversations", "conversions", "both")),
            total=luck.random() < 0.7,
            limit=30,
        ),
        "dialect": Dialect(
            luck.choice(("2.14", "2.15", "2.16", "2.16")),
            unassigned=luck.choice(("by version", "mixed")),
            linked=luck.random() < 0.5,
        ),
        "shape": Shape(
            archive=luck.choice(("gzip", "zip", "plain")),
            iso=luck.random() < 0.5,
            busy=luck.choice((0, 2)),
            polls=luck.choice((1, 3)),
            expired=luck.choice((0, 1)),
            failing=luck.choice((0, 1)),
        ),
    }


@pytest.mark.parametrize("seed", [3, 11])
def test_at_its_worst_while_things_go_on(seed: int, tmp_path: Path) -> None:
    """Syncs while everything moves between any two calls; and then, a day later, the truth."""
    luck = random.Random(seed)
    world = workspace(seed, now=NOW, until=BUSY_UNTIL, talks=40, **at_its_worst(seed))
    world.tick = lambda call: luck.choice((0, 0, 1, 20, 120)) if world.clock() < BUSY_UNTIL else 0
    with FakeServer(world) as server:
        made = configured(tmp_path, server, world.dialect.version)
        outcomes = [sync(made)]
        world.clock.move(OVERLAP)
        outcomes.append(sync(made))
        world.clock.now = NOW + 30 * DAY
        outcomes.append(sync(made))
        world.clock.move(OVERLAP)
        outcomes.append(sync(made, "--full"))
    said = [line for outcome in outcomes for line in outcome.lines if not re.search(SAID, line)]
    assert ([outcome.code for outcome in outcomes], said) == ([0, 0, 0, 0], [])
    assert (server.over_limit, server.early, world.protests) == ([], [], [])
    assert sum(server.trouble.values()) > 10
    # Article counters are cumulative: with two samples of them the funnel begins in the articles.
    assert wrong(made, world, untold=UNTOLD, apart=(*COUNTED, "proactive.*"), funnel=False) == {}
    check_secrets(made, world)


def check_secrets(made: Program, world: Workspace) -> None:
    """No customer's name or address is kept anywhere."""
    for file in made.folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert b"@customer.example" not in content, file
        assert b"@helpdesk.example" not in content, file
        for talk in world.talks.values():
            assert talk.person is None or f"N{talk.person}".encode() not in content, file


def test_killed_anywhere_it_goes_on(tmp_path: Path) -> None:
    """kill -9 at one call after another; the next sync takes up what is left, and nothing is lost or doubled."""
    world = workspace(5, now=NOW, hostility=Hostility(5, odd=True, duplicates=0.2), manners=Manners(page=20))
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        kills = [killed_at(server, made, number) for number in (3, 30, 12)]
        outcome = sync(made)  # a job that was begun by a call whose answer came too late may hold the slot
        assert any(kills)
    assert (outcome.code, [line for line in outcome.lines if not re.search(SAID, line)]) == (0, [])
    assert wrong(made, world) == {}


REFUSALS = (
    ("/articles", "articles", ("selfserve.article_views",)),
    ("/export/", "outbound", ("proactive.*",)),
    ("/conversations/deleted", "deletions", ()),
)


@pytest.mark.parametrize(("path", "stream", "lost"), REFUSALS)
def test_a_plan_without_a_stream(path: str, stream: str, lost: tuple[str, ...], tmp_path: Path) -> None:
    """It is named with the mend, what it feeds is unavailable, and all else is as it is."""
    refused = {path: refusal(403, "api_plan_restricted", "Active subscription needed.")}
    world = workspace(6, now=NOW, hostility=Hostility(6, refused=refused))
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        sync(made)
        outcome = sync(made)
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    assert stream in outcome.lines[0]
    assert wrong(made, world, untold=(*QUIET, *lost), apart=("proactive.per_seeker",) if lost else ()) == {}
    freshness = made.report()["freshness"]["acme"]
    assert freshness["message"] in outcome.lines[0]


def test_a_token_of_another_region(tmp_path: Path) -> None:
    """401 on every call here, while the same token works at the other region's address."""
    here, there = Workspace(Clock(NOW)), workspace(7, now=NOW)
    here.token = "tok-of-this-region"
    with FakeServer(here) as wrong_server, FakeServer(there) as right_server:
        made = configured(tmp_path, wrong_server)
        made.environment = {**made.environment, "DESK_TOKEN": there.token}
        outcome = sync(made)
        assert (outcome.code, len(outcome.lines)) == (1, 1)
        assert re.search(r"region.*base_url is http://127.*api\.eu\.intercom\.io", outcome.lines[0])
        made.config.write_text(made.config.read_text().replace(wrong_server.url, right_server.url))
        good_sync(made)
    assert wrong(made, there) == {}


def test_a_token_that_is_refused_later_leaves_what_was_read(tmp_path: Path) -> None:
    world = workspace(8, now=NOW)
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        good_sync(made)
        world.hostility.refused[""] = world.unauthorized(Call("GET", "/", {}, {}))
        outcome = sync(made)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert wrong(made, world) == {}
    assert made.report()["freshness"]["acme"]["state"] == "failed"


def test_pages_without_end_are_given_up(tmp_path: Path) -> None:
    """The search says `next` for ever; what it has is read all the same."""
    world = workspace(9, now=NOW, hostility=Hostility(9, endless=True))
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        outcome = sync(made)
        assert len(server.calls) < 1000
    assert outcome.code == 0
    assert any("conversations" in line for line in outcome.lines)
    assert wrong(made, world) == {}


def test_parts_beyond_the_cap_that_were_read_in_time_are_kept(tmp_path: Path) -> None:
    """A conversation grows past the parts that one read gives: its beginning is known from before."""
    talk = Talk(1, "a" * 24, "conversation", [Move(1, NOW - 9000, "customer_message", {"actor": "a" * 24})])
    for number in range(2, 700):
        kind, who = ("agent_reply", "501") if number % 2 else ("customer_message", "a" * 24)
        talk.add(Move(number, NOW - 9000 + number * 20, kind, {"actor": who}, "comment"))
    world = Workspace(Clock(NOW), talks={1: talk})
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        good_sync(made)
        assert wrong(made, world) == {}
        world.clock.move(9000)
        good_sync(made)
    assert len(talk.until(world.clock())) > 650
    assert wrong(made, world, untold=UNTOLD, apart=(*COUNTED, "proactive.*"), funnel=False) == {}


def test_messages_are_told_whatever_becomes_of_exports(tmp_path: Path) -> None:
    """Another tool's job holds the slot, jobs fail, results expire; readers open late."""
    shape = Shape("zip", iso=True, busy=2, polls=2, expired=1, failing=1)
    world = workspace(
        10, now=NOW, talks=3, shape=shape, hostility=Hostility(10, odd=True, duplicates=0.3, disorder=True)
    )
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        outcome = sync(made)
        assert all(re.search(SAID, line) for line in outcome.lines)
        sync(made)
        world.clock.move(8 * DAY)
        sync(made, "--full")
    assert wrong(made, world, untold=UNTOLD, apart=(*COUNTED,), funnel=False) == {}
    told = Question("year", world.clock()).ask(made)["metrics"]
    assert told["proactive.opened"]["value"] > 10
    check_secrets(made, world)


@pytest.mark.parametrize(("counters", "following"), [("conversations", "object"), ("conversions", "url")])
def test_article_views_are_the_difference_of_two_samples(counters: str, following: str, tmp_path: Path) -> None:
    world = workspace(12, now=NOW, talks=3, manners=Manners(counters=counters, articles_next=following))
    with FakeServer(world) as server:
        made = configured(tmp_path, server)
        good_sync(made)
        world.clock.move(2 * DAY)
        good_sync(made, "--full")
        pages = server.asked("^/articles$")
    assert pages % 3 == 0
    told = Question("year", world.clock()).ask(made)["metrics"]
    before = [article.counters(NOW, NOW) for article in world.articles]
    after = [article.counters(world.clock(), NOW) for article in world.articles]
    views = sum(a - b for (a, _), (b, _) in zip(after, before, strict=True))
    written = sum(a - b for (_, a), (_, b) in zip(after, before, strict=True))
    assert told["selfserve.article_views"]["value"] == views
    assert told["selfserve.article_resolution_rate"]["value"] == pytest.approx(1 - written / views)
    assert {told[id]["quality"] for id in ("selfserve.article_views", "selfserve.article_resolution_rate")} == {
        "approximate"
    }
