"""The real program against a Chatwoot that has only what its description promises (`minimal_chatwoot.py`)."""

import re
from pathlib import Path

import pytest

from tests.end_to_end.agreement import Question
from tests.fakes.minimal_chatwoot import ACCOUNT, AGENTS, SINCE, MinimalChatwoot, Reading
from tests.fakes.running import Program, good_sync, killed_at, mismatch, program, report, sync, wrong_rows
from tests.fakes.toolkit import FakeServer, Hostility

BARE = Reading(
    ratings="payload",
    asked=False,
    order="created",
    meta=False,
    profile=False,
    messages="after",
    sender="sender",
    times="float",
    ids="string",
    rows=10,
    most=7,
    absent=True,
    portals=True,
)
"""No single conversations, no profile, no counts, an order of its own, short pages."""
SILENT = Reading(activity=False, touched=False, times="iso", portals=True)
"""No notes of any change: reporting events alone tell of closes."""
AGENTS_TOKEN = Reading(events="403", ratings="404", order="activity", messages="before", sender="both", one=True)

UNTOLD = (
    *("selfserve.article_viewers", "selfserve.article_resolution_rate", "selfserve.share_resolved", "internal.*"),
    *("selfserve.bot_csat", "selfserve.bot_resolved_confirmed", "selfserve.bot_resolved_assumed"),
)
APART = ("selfserve.article_views", "human.reassigned", "human.first_response_office.*", "savings.*", "proactive.*")
GUESSED = (
    *("selfserve.article_views", "selfserve.seekers", "selfserve.bot_answered", "selfserve.bot_resolution_rate"),
    *("human.direct", "human.after_selfserve", "human.reassigned"),
)


def desk(folder: Path, server: FakeServer) -> Program:
    return program(folder, server, "chatwoot", since=SINCE, extra=f"account_id = {ACCOUNT}")


def differences(world: MinimalChatwoot, reader: Program) -> dict[str, object]:
    question = Question("year", world.clock.now)
    reading = world.reading
    untold = (*UNTOLD, *(("human.csat*",) if reading.ratings == "404" else ()))
    apart = [*APART]
    apart += [] if reading.asked else ["human.csat_response_rate"]
    apart += [] if reading.activity else ["queue.unassigned"]
    wrong = mismatch(reader, world.lines(), question, untold=untold, apart=apart)
    names = {str(id): name for id, name in AGENTS.items()}
    return wrong | wrong_rows(reader, world.lines(), question, names=names, apart=("subject",))


@pytest.mark.parametrize(("seed", "reading"), [(20, BARE), (25, SILENT)])
def test_what_is_listed_suffices(tmp_path: Path, seed: int, reading: Reading) -> None:
    world = MinimalChatwoot(seed, talks=14, reading=reading, hostility=Hostility(seed=seed, trouble=0.05))
    with FakeServer(world) as server:
        reader = desk(tmp_path, server)
        assert killed_at(server, reader, 23)
        good_sync(reader)
        assert differences(world, reader) == {}
        world.clock.move(6 * 3600 + 60)  # the rescan is due
        good_sync(reader)
        assert differences(world, reader) == {}
        world.clock.move(2 * 86_400)
        good_sync(reader, "--full")
        assert differences(world, reader) == {}
        told = report(reader)["metrics"]
        assert server.over_limit == server.early == []
    guessed = {id for id, metric in told.items() if metric["quality"] == "approximate"}
    exact = {
        id for id in guessed if not id.startswith(("proactive.", "savings.", *GUESSED, "human.first_response_off"))
    }
    assert exact == set()


def test_without_the_lists_for_administrators(tmp_path: Path) -> None:
    world = MinimalChatwoot(12, talks=10, reading=AGENTS_TOKEN)
    with FakeServer(world) as server:
        reader = desk(tmp_path, server)
        outcome = sync(reader)
        assert outcome.code == 0
        assert [re.findall("acme: (\\w+):", line) for line in outcome.lines] == [["articles"], ["events"], ["csat"]]
        assert differences(world, reader) == {}
        begun = len(server.calls)
        sync(reader)
        assert len(server.calls) - begun < 20
        metrics = report(reader)["metrics"]
    assert (metrics["human.csat"]["quality"], metrics["human.csat_n"]["value"]) == ("unavailable", None)
    assert metrics["human.csat"]["reason"]
