"""The real program against servers that know only what Zendesk's public facts name, each read in a way of its own."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import Program
from tests.fakes import minimal_zendesk_life as lives
from tests.fakes import running
from tests.fakes.lapsed import LapsedServer, program
from tests.fakes.minimal_zendesk import EMAIL, Reading, Zendesk
from tests.fakes.toolkit import Clock, as_json

NOW = 1_772_632_800
UNTOLD = (
    *("proactive.", "selfserve.article_views", "selfserve.article_viewers", "selfserve.article_resolution_rate"),
    *("selfserve.bot_*", "selfserve.share_resolved", "human.direct", "human.after_selfserve"),
    *("queue.with_bot", "queue.on_duty", "savings.", "internal."),
)
EXACT = (
    *("human.inbound", "human.resolved", "human.first_response.median", "human.response.median"),
    *("human.time_to_close.p90", "human.closed_unanswered", "human.reopened", "human.reopen_rate", "human.reassigned"),
    *("human.one_touch_rate", "human.replies_per_close", "human.ping_pong", "human.csat", "human.within_10m"),
    *("queue.open", "queue.unassigned", "queue.snoozed", "queue.waiting", "queue.oldest_wait"),
)
NAMES = {str(id): f"Agent {id}" for id in lives.AGENTS} | {str(id): f"Group {id}" for id in lives.GROUPS}
BARE = Reading(page=7, limit=60, headers="ietf", me=False, groups=False, comments=False, lost="html", end="count")
"""No audits, no user of the credential, no groups, no comments."""


def zendesk(seed: int, reading: Reading | None = None) -> Zendesk:
    return Zendesk(Clock(NOW), seed, reading=reading, tickets=25)


def served(folder: Path, server: LapsedServer) -> Program:
    return program(folder, server, "zendesk", f'email = "{EMAIL}"')


def rested(server: LapsedServer) -> None:
    """A process that begins long after another: its clock begins anew, and so do the limits."""
    world = server.world
    assert isinstance(world, Zendesk)
    world.account.times.clear()
    world.exports.times.clear()


def wrong(program: Program, world: Zendesk) -> dict[str, Any]:
    question, lines = Question("year", world.clock.now), world.lines()
    figures = running.mismatch(program, lines, question, untold=UNTOLD, funnel=False)
    return figures | running.wrong_rows(program, lines, question, names=NAMES)


@pytest.mark.parametrize(
    "reading",
    [
        BARE,
        replace(BARE, users="incremental", child="fielded", event_time="timestamp", ratings="surveys", scale=3),
        replace(BARE, audits="served", users="show_many too", metric_set="none", ratings="rows", limit=20, headers="x"),
    ],
)
def test_the_named_endpoints_alone_tell_everything(tmp_path: Path, reading: Reading) -> None:
    world = zendesk(1, reading)
    with LapsedServer(world) as server:
        acme = served(tmp_path, server)
        running.good_sync(acme)
        assert wrong(acme, world) == {}
        told = Question("year", world.clock.now).ask(acme)["metrics"]
        assert {metric for metric in EXACT if told[metric]["quality"] != "exact"} == set()
        rested(server)
        world.clock.move(12 * 3_600)
        running.good_sync(acme)
        assert wrong(acme, world) == {}
        rested(server)
        begun = len(server.calls)
        running.good_sync(acme)
        assert len(server.calls) - begun <= 15
        assert server.over_limit == []


def test_without_a_list_of_users_the_requester_is_the_customer_even_after_kills(tmp_path: Path) -> None:
    world, luck = zendesk(7, replace(BARE, users="none", page=3, limit=700)), random.Random(7)
    with LapsedServer(world) as server:
        acme = served(tmp_path, server)
        for _ in range(3):
            rested(server)
            assert running.killed_at(server, acme, luck.randrange(10, 40))
        rested(server)
        outcome = running.sync(acme)
        assert outcome.code == 0
        assert [line for line in outcome.lines if "users" not in line] == []
        assert wrong(acme, world) == {}


def test_a_refused_list_of_events_leaves_what_the_tickets_tell(tmp_path: Path) -> None:
    world = zendesk(1, BARE)
    world.hostility.refused["ticket_events"] = as_json({"error": "Forbidden"}, 403)
    with LapsedServer(world) as server:
        acme = served(tmp_path, server)
        outcome = running.sync(acme)
        assert outcome.code == 0
        assert any("history" in line for line in outcome.lines)
        metrics = Question("year", NOW).ask(acme)["metrics"]
        assert metrics["human.first_response.median"]["quality"] == "approximate"
        assert metrics["human.response.median"]["quality"] == "unavailable"
        assert server.asked("audits") <= 60


@pytest.mark.parametrize("good_for", [0, 9])
def test_a_token_that_is_refused_everywhere_fails_in_one_line(tmp_path: Path, good_for: int) -> None:
    """At once, or in the middle: what was read before stays as it is."""
    world = zendesk(1, replace(BARE, audits="served"))
    good = world.token
    with LapsedServer(world) as server:
        acme = served(tmp_path, server)
        acme.environment = {"DESK_TOKEN": good}
        server.on_call(lambda count: setattr(world, "token", good if count <= good_for else "tok-another"))
        outcome = running.sync(acme)
        assert outcome.code == 1
        assert "API token" in outcome.lines[-1]
        server.on_call(lambda count: None)
        world.token = good
        rested(server)
        running.good_sync(acme)
        assert wrong(acme, world) == {}


@pytest.mark.parametrize("stream", ["/users", "satisfaction_ratings", "articles", "groups", "audits"])
def test_a_401_of_one_stream_leaves_the_others(tmp_path: Path, stream: str) -> None:
    listed = "none" if stream == "/users" else "list"  # then nobody appears whom only a list tells from a teammate
    world = zendesk(3, replace(Reading(), page=7, users=listed))
    world.hostility.refused[stream] = as_json({"error": "Unauthorized"}, 401)
    with LapsedServer(world) as server:
        acme = served(tmp_path, server)
        outcome = running.sync(acme)
        assert (outcome.code, len(outcome.lines)) == (0, int(stream in ("/users", "satisfaction_ratings", "articles")))
        assert wrong(acme, world) == {}
