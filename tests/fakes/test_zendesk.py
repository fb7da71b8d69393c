"""The Zendesk connector against an account that behaves as badly as the documentation allows.

What is expected comes from the account's own audits, by way of the slow reference, and never from the connector.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreement import Line, Question
from tests.end_to_end.desk import NAME, Program
from tests.fakes import running
from tests.fakes.toolkit import Clock, FakeServer, Hostility
from tests.fakes.zendesk import EMAIL, FORBIDDEN, PLAN, Zendesk
from tests.fakes.zendesk_truth import DAY, Account, account, lines

END = 1_772_632_800
"""4 March 2026, 14:00 in Dublin."""
BEGIN = END - 30 * DAY
SINCE = "2026-01-20"
UNTOLD = (
    *("proactive.", "selfserve.article*", "selfserve.bot*", "selfserve.share_resolved", "human.direct"),
    *("human.after_selfserve", "queue.with_bot", "queue.on_duty", "internal."),
)
"""What a Zendesk account without its add-ons cannot tell."""
PERIODS = ("year", "last-7d", "today")
HANDFUL = 12
HOSTILE = Hostility(trouble=0.12, duplicates=0.2, disorder=True, odd=True, skew=90)


@contextmanager
def desk(
    seed: int = 1,
    *,
    at: int | None = None,
    tickets: int = 60,
    former: bool = False,
    pace: float = 120,
    **options: Any,
) -> Iterator[FakeServer]:
    """A made-up account at a quiet moment of its life, its end unless said."""
    truth = account(seed, BEGIN, END, tickets, former=former)
    moment = truth.quiet(END + DAY if at is None else at)
    with FakeServer(Zendesk(truth, Clock(moment), **options), pace=pace) as server:
        yield server


def truth_of(server: FakeServer) -> Account:
    assert isinstance(server.world, Zendesk)
    return server.world.account


def program(folder: Path, server: FakeServer) -> Program:
    return running.program(folder, server, "zendesk", since=SINCE, extra=f'email = "{EMAIL}"')


def differences(
    server: FakeServer, program: Program, periods: Sequence[str] = ("year",), **more: Any
) -> dict[str, Any]:
    """Rows and figures at the server's moment beside the truth's."""
    account, now = truth_of(server), server.world.clock.now
    surveys = isinstance(server.world, Zendesk) and server.world.ratings == "surveys"
    known = [*lines(account, now, surveys=surveys, asked=not surveys), *more.get("also", ())]
    names = {str(user.id): user.name for user in account.users.values()}
    apart = ("human.csat_response_rate",) if surveys else ()
    wrong: dict[str, Any] = {}
    for period in periods:
        question = Question(period, now)
        found = running.mismatch(program, known, question, untold=UNTOLD, apart=(*apart, *more.get("apart", ())))
        found |= running.wrong_rows(program, known, question, names=names, apart=more.get("fields", ()))
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


def test_surveys_on_a_scale_of_five_read_with_an_oauth_token(tmp_path: Path) -> None:
    with desk(3, ratings="surveys", tickets=40) as server:
        reader = running.program(tmp_path, server, "zendesk", since=SINCE)  # which needs no address
        running.good_sync(reader)
        assert differences(server, reader) == {}


def test_what_a_former_teammate_said_was_a_teammates(tmp_path: Path) -> None:
    with desk(1, former=True) as server:
        reader = program(tmp_path, server)
        running.good_sync(reader)
        assert differences(server, reader) == {}


# --- hostile


@pytest.mark.parametrize("seed", [4, 5])
def test_whatever_goes_wrong_on_the_way_the_figures_are_exact(seed: int, tmp_path: Path) -> None:
    with desk(seed, hostility=replace(HOSTILE, seed=seed), size=7, metric_sets=seed != 5) as server:
        reader = program(tmp_path, server)
        running.good_sync(reader)
        assert differences(server, reader, PERIODS) == {}
        assert sum(server.trouble.values()) > 5
        polite(server)


def test_who_is_told_to_wait_waits(tmp_path: Path) -> None:
    with desk(14, tickets=20, hostility=Hostility(seed=14, trouble=0.3, kinds=("429",), retry_after=5)) as server:
        running.good_sync(program(tmp_path, server))
        assert server.trouble["429"] > 3
        assert server.early == []
        polite(server)


def test_news_between_syncs(tmp_path: Path) -> None:
    """Polls in the middle of what happens, pages that shift, changes that show late: in the end nothing is missing."""
    hostility = Hostility(seed=6, shifting=True, late=40, duplicates=0.1)
    with desk(6, at=END - 12 * DAY, hostility=hostility, size=10) as server:
        reader, clock = program(tmp_path, server), server.world.clock
        account = truth_of(server)
        running.good_sync(reader)
        for step in (40, 3 * 3600, 6 * DAY):
            clock.now = account.busy(clock.now + step)
            running.good_sync(reader)
        clock.now = account.quiet(clock.now)
        running.good_sync(reader)
        assert differences(server, reader) == {}
        polite(server)


def test_tickets_that_vanished_are_found_by_a_full_sync(tmp_path: Path) -> None:
    with desk(7, tickets=30) as server:
        assert isinstance(server.world, Zendesk)
        reader, clock = program(tmp_path, server), server.world.clock
        running.good_sync(reader)
        server.world.vanished |= {3, 11, 12}
        clock.move(3600)
        running.good_sync(reader, "--full")
        gone: list[Line] = [
            {"type": "event", "conversation": str(id), "at": clock.now, "kind": "deleted"} for id in (3, 11, 12)
        ]
        clock.move(60)
        assert differences(server, reader, also=gone) == {}


def test_cursors_that_are_forgotten_start_over(tmp_path: Path) -> None:
    """A sync that was killed between two pages finds that its cursors, a day old by then, mean nothing any more."""
    with desk(8, size=5) as server:
        assert isinstance(server.world, Zendesk)
        reader, world = program(tmp_path, server), server.world
        assert running.killed_at(server, reader, 40)
        world.clock.move(DAY)
        world.cursors_since = world.clock.now
        running.good_sync(reader)
        assert differences(server, reader) == {}


@pytest.mark.parametrize("lists", [False, True], ids=["exports", "lists"])
def test_pages_without_end_end(lists: bool, tmp_path: Path) -> None:
    hostility = Hostility(endless=not lists)
    with desk(9, tickets=12, pace=600, hostility=hostility, endless_lists=lists) as server:
        reader = program(tmp_path, server)
        running.sync(reader)
        assert len(server.calls) < 1000


# --- killed


def test_killed_anywhere_it_goes_on(tmp_path: Path) -> None:
    with desk(10, tickets=40, size=8) as server:
        reader = program(tmp_path, server)
        kills = sum(running.killed_at(server, reader, number) for number in (3, 9, 30))
        assert kills >= 2
        running.good_sync(reader)
        assert differences(server, reader) == {}


# --- refused


def test_a_wrong_token_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with desk(1, tickets=4) as server:
        reader = program(tmp_path, server)
        reader.environment = {**reader.environment, "DESK_TOKEN": "tok-of-somebody-else"}
        outcome = running.sync(reader, token=server.world.token)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert outcome.lines[0].startswith(f"{NAME}: ")
    assert "401" in outcome.lines[0]


def test_without_histories_what_is_called_exact_is_exact(tmp_path: Path) -> None:
    """The metric sets' whole minutes are left then, and are called approximate."""
    with desk(11, hostility=Hostility(refused={"/ticket_events|/audits|/comments": FORBIDDEN})) as server:
        reader = program(tmp_path, server)
        outcome = running.sync(reader)
        assert (outcome.code, len(outcome.lines)) == (0, 1)
        report = running.report(reader)
        assert report["freshness"][NAME]["state"] == "partial"
        metrics = report["metrics"]
        guessed = [id for id, metric in metrics.items() if metric["quality"] != "exact"]
        assert {"human.response.median", "human.one_touch_rate"} <= set(guessed)
        question = Question("year", server.world.clock.now)
        known = lines(truth_of(server), question.at)
        assert running.mismatch(reader, known, question, untold=UNTOLD, apart=guessed, funnel=False) == {}


def test_streams_that_are_refused_spoil_no_other(tmp_path: Path) -> None:
    refused = {"/satisfaction_ratings|/survey_responses": PLAN, "/help_center/": FORBIDDEN}
    with desk(12, tickets=30, hostility=Hostility(refused=refused)) as server:
        reader = program(tmp_path, server)
        outcome = running.sync(reader)
        assert (outcome.code, len(outcome.lines)) == (0, 2)
        # Scores of tickets may still tell that there was a rating, not when.
        assert differences(server, reader, apart=("human.csat*",), fields=("rating",)) == {}
        report = running.report(reader)
    assert report["freshness"][NAME]["state"] == "partial"
    assert report["metrics"]["human.csat"]["quality"] in ("approximate", "unavailable")
