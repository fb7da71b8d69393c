"""The Chatwoot connector against an account that behaves as badly as the product and its documentation allow.

What is expected comes from what truly happened there, by way of the slow reference, and never from the connector.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import NAME, Program
from tests.fakes import running
from tests.fakes.chatwoot import ACCOUNT, FORBIDDEN, NOT_THERE, Chatwoot
from tests.fakes.chatwoot_truth import AGENTS, DAY, GONE, account, lines
from tests.fakes.toolkit import Clock, FakeServer, Hostility

END = 1_772_632_800
"""4 March 2026, 14:00 in Dublin."""
BEGIN = END - 30 * DAY
SINCE = "2026-01-20"
UNTOLD = (
    *("proactive.clicked", "selfserve.article_viewers", "selfserve.article_resolution_rate"),
    *("selfserve.share_resolved", "selfserve.bot_resolved_confirmed", "selfserve.bot_resolved_assumed"),
    *("selfserve.bot_csat", "internal."),
)
"""What a Chatwoot account cannot tell."""
COUNTED = ("selfserve.article_views",)
"""What it tells by counters: not compared with the reference, which has single views."""
PERIODS = ("year", "last-7d", "today")
HANDFUL = 20
HOSTILE = Hostility(trouble=0.08, duplicates=0.2, disorder=True, odd=True, skew=-70)
NAMES = {str(id): name for id, name in (*AGENTS.items(), GONE)}


@contextmanager
def desk(
    seed: int = 1,
    *,
    at: int | None = None,
    talks: int = 60,
    late_handoffs: bool = False,
    pace: float = 60,
    **options: Any,
) -> Iterator[FakeServer]:
    """A made-up account at a quiet moment of its life, its end unless said."""
    truth = account(seed, BEGIN, END, talks, late_handoffs=late_handoffs)
    moment = truth.quiet(END + DAY if at is None else at)
    with FakeServer(Chatwoot(truth, Clock(moment), **options), pace=pace) as server:
        yield server


def world_of(server: FakeServer) -> Chatwoot:
    assert isinstance(server.world, Chatwoot)
    return server.world


def program(folder: Path, server: FakeServer) -> Program:
    return running.program(folder, server, "chatwoot", since=SINCE, extra=f"account_id = {ACCOUNT}")


def differences(
    server: FakeServer, program: Program, periods: Sequence[str] = ("year",), **more: Any
) -> dict[str, Any]:
    """Rows and figures at the server's moment beside the truth's."""
    now = server.world.clock.now
    known = lines(world_of(server).account, now)
    wrong: dict[str, Any] = {}
    for period in periods:
        question = Question(period, now)
        apart = (*COUNTED, *more.get("apart", ()))
        found = running.mismatch(program, known, question, untold=UNTOLD, apart=apart)
        found |= running.wrong_rows(program, known, question, names=NAMES, apart=("subject", *more.get("fields", ())))
        if found:
            wrong[question.period] = found
    return wrong


def polite(server: FakeServer) -> None:
    """No limit was run into."""
    assert server.over_limit == []


# --- calm


def test_a_calm_account_is_read_exactly_and_a_second_sync_asks_little(tmp_path: Path) -> None:
    with desk(1) as server:
        reader = program(tmp_path, server)
        running.good_sync(reader)
        assert differences(server, reader, PERIODS) == {}
        asked = len(server.calls)
        assert running.good_sync(reader).requests == len(server.calls) - asked <= HANDFUL
        assert differences(server, reader) == {}
        polite(server)


def test_messages_without_a_sender_type(tmp_path: Path) -> None:
    with desk(2, talks=30, lean=True) as server:
        reader = program(tmp_path, server)
        running.good_sync(reader)
        assert differences(server, reader) == {}


def test_a_bot_may_hand_over_what_a_teammate_has_answered(tmp_path: Path) -> None:
    """The product says so with an event: a wait begins then, whoever spoke before."""
    with desk(6, talks=40, late_handoffs=True) as server:
        reader = program(tmp_path, server)
        running.good_sync(reader)
        assert differences(server, reader) == {}


def test_views_are_the_difference_of_two_samples(tmp_path: Path) -> None:
    with desk(3, talks=4) as server:
        reader, world = program(tmp_path, server), world_of(server)
        running.good_sync(reader)
        before = Question("year", world.clock.now).ask(reader)["metrics"]["selfserve.article_views"]
        world.clock.move(DAY)
        world.views = {501: 47, 502: 7}
        running.good_sync(reader, "--full")
        after = Question("year", world.clock.now).ask(reader)["metrics"]["selfserve.article_views"]
    assert before["quality"] == "unavailable"
    assert (after["quality"], after["value"]) == ("approximate", 7)


# --- hostile


@pytest.mark.parametrize("seed", [4, 5])
def test_whatever_goes_wrong_on_the_way_the_figures_are_exact(seed: int, tmp_path: Path) -> None:
    with desk(seed, hostility=replace(HOSTILE, seed=seed)) as server:
        reader = program(tmp_path, server)
        running.good_sync(reader)
        assert differences(server, reader, PERIODS) == {}
        assert sum(server.trouble.values()) > 5
        polite(server)


def test_who_is_told_to_wait_waits(tmp_path: Path) -> None:
    with desk(14, talks=20, hostility=Hostility(seed=14, trouble=0.3, kinds=("429",), retry_after=5)) as server:
        running.good_sync(program(tmp_path, server))
        assert server.trouble["429"] > 3
        assert server.early == []
        polite(server)


def test_news_between_syncs(tmp_path: Path) -> None:
    """Polls in the middle of what happens, lists that shift, changes that show late: in the end nothing is missing."""
    hostility = Hostility(seed=6, shifting=True, late=40, duplicates=0.1)
    with desk(6, at=END - 12 * DAY, talks=80, hostility=hostility) as server:
        reader, clock = program(tmp_path, server), server.world.clock
        account = world_of(server).account
        running.good_sync(reader)
        for step in (40, 3 * 3600, 6 * DAY):
            clock.now = account.busy(clock.now + step)
            running.good_sync(reader)
        clock.now = account.quiet(clock.now)
        running.good_sync(reader)
        assert differences(server, reader) == {}


def test_conversations_that_vanished_are_found_by_a_full_sync(tmp_path: Path) -> None:
    with desk(7, talks=30) as server:
        reader, clock = program(tmp_path, server), server.world.clock
        running.good_sync(reader)
        clock.move(3600)
        for id in (2, 9, 17):
            world_of(server).account.talks[id].vanished = clock.now
        running.good_sync(reader, "--full")
        clock.move(60)
        assert differences(server, reader, apart=("proactive.",)) == {}


def test_pages_without_end_end(tmp_path: Path) -> None:
    with desk(9, talks=12, hostility=Hostility(endless=True)) as server:
        running.sync(program(tmp_path, server))
        assert len(server.calls) < 3000


# --- killed


def test_killed_anywhere_it_goes_on(tmp_path: Path) -> None:
    with desk(10, talks=40) as server:
        reader = program(tmp_path, server)
        kills = sum(running.killed_at(server, reader, number) for number in (4, 15, 40))
        assert kills >= 2
        running.good_sync(reader)
        assert differences(server, reader) == {}


# --- refused


def test_a_wrong_token_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with desk(1, talks=2) as server:
        reader = program(tmp_path, server)
        reader.environment = {**reader.environment, "DESK_TOKEN": "tok-of-somebody-else"}
        outcome = running.sync(reader, token=server.world.token)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert outcome.lines[0].startswith(f"{NAME}: ")
    assert "401" in outcome.lines[0]


def test_streams_that_are_refused_spoil_no_other(tmp_path: Path) -> None:
    refused = {"/csat_survey_responses": NOT_THERE, "/agents$": FORBIDDEN, "/portals": FORBIDDEN}
    with desk(12, talks=30, hostility=Hostility(refused=refused)) as server:
        reader = program(tmp_path, server)
        outcome = running.sync(reader)
        assert (outcome.code, len(outcome.lines)) == (0, 3)
        apart = ("human.csat*", "queue.on_duty", "human.reassigned", "queue.unassigned")
        assert differences(server, reader, apart=apart, fields=("rating", "agent", "team")) == {}
        report = running.report(reader)
    assert report["freshness"][NAME]["state"] == "partial"
    for metric in ("human.csat", "queue.on_duty", "selfserve.article_views"):
        assert report["metrics"][metric]["quality"] in ("unavailable", "approximate")
        assert report["metrics"][metric]["reason"]


def test_without_reporting_events_what_is_called_exact_is_exact(tmp_path: Path) -> None:
    """An agent's token, or an old version: hand-offs go unsaid, and all that hangs on them is called approximate."""
    with desk(13, hostility=Hostility(refused={"reporting_events": FORBIDDEN})) as server:
        reader = program(tmp_path, server)
        outcome = running.sync(reader)
        assert (outcome.code, len(outcome.lines)) == (0, 1)
        metrics = running.report(reader)["metrics"]
        guessed = [id for id, metric in metrics.items() if metric["quality"] == "approximate"]
        question = Question("year", server.world.clock.now)
        known = lines(world_of(server).account, question.at)
        assert "selfserve.bot_handed_off" in guessed
        assert running.mismatch(reader, known, question, untold=UNTOLD, apart=[*COUNTED, *guessed], funnel=False) == {}
