"""The connector against a real Request Tracker: what the program tells is what was done there."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

import pytest

from funnel_tui.sources.rt.abilities import ABILITIES
from tests.end_to_end.agreement import Question, differences, earlier_differences, figures, owned
from tests.end_to_end.desk import Program
from tests.end_to_end.tables import tables, unsound
from tests.real_servers.helpdesk import BEGIN, DAY, DAYS, VISITOR, Helpdesk, build
from tests.real_servers.request_tracker import Door, RequestTracker, Store, alone, needs_request_tracker, running
from tests.reference.replay import replay
from tests.reference.words import read

pytestmark = needs_request_tracker

TICKETS = 60
NAME = "tracker"
END = BEGIN + (DAYS + 30) * DAY
"""Everything that was played is over."""
PATIENCE = 240.0
HANDFUL = 5

CONFIG = """\
timezone = "Europe/Dublin"

[office_hours]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "09:00"
end = "17:00"

[[sources]]
name = "tracker"
kind = "rt"
base_url = "{url}"
token_env = "TRACKER_TOKEN"
since = "2025-01-01"
{more}
"""


@dataclass
class Tracked(Program):
    """The program, configured for one site and one account."""

    def told(self, *arguments: str) -> str:
        done = self.ends(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ends(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def sync(self, *arguments: str) -> tuple[int, int, int]:
        """Conversations read, rows changed, requests, as the summary says."""
        summary = self.told("sync", "--once", *arguments)
        match = re.search(r"ok, ([\d,]+) conversations read, ([\d,]+) rows changed, ([\d,]+) requests", summary)
        assert match, summary
        read, changed, requests = (int(text.replace(",", "")) for text in match.groups())
        return read, changed, requests


def tracked(folder: Path, rt: RequestTracker, secret: str, more: str = "", url: str | None = None) -> Tracked:
    program = Tracked(folder, {"TRACKER_TOKEN": secret})
    program.config.write_text(CONFIG.format(url=url or rt.url, more=more))
    return program


def moved(program: Tracked, folder: Path, rt: RequestTracker) -> Tracked:
    """With a copy of its cache, at another site that is a copy too."""
    there = folder / program.folder.name
    shutil.copytree(program.folder, there)
    return tracked(there, rt, program.environment["TRACKER_TOKEN"])


@pytest.fixture(scope="module")
def desk() -> Helpdesk:
    return build(TICKETS)


@pytest.fixture(scope="module")
def store(desk: Helpdesk, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Store:
    """Loaded once, however many processes run tests."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    with alone(base / "request-tracker.lock"):
        loaded = Store(base / "request-tracker")
        if not (loaded.folder / "keys.json").exists():
            loaded.create().play(desk.deeds)
    return loaded.copied(tmp_path_factory.mktemp("tracker") / "site")


@pytest.fixture(scope="module")
def rt(store: Store) -> Iterator[RequestTracker]:
    with running(store) as found:
        yield found


@pytest.fixture(scope="module")
def caught_up(rt: RequestTracker, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """root's view; its time zone is not UTC."""
    program = tracked(tmp_path_factory.mktemp("root"), rt, rt.tokens["root"])
    program.sync()
    return program


@pytest.fixture(scope="module")
def teammate(rt: RequestTracker, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """anna's view: one queue less, another time zone."""
    program = tracked(tmp_path_factory.mktemp("anna"), rt, rt.tokens["anna"])
    program.sync()
    return program


QUESTIONS = (
    Question("2025-01-06..2025-02-23", END),
    Question("2025-02-01..2025-02-28", END, "previous"),
    Question("2025-01-20..2025-01-26", BEGIN + 30 * DAY, "previous"),
    Question("2025-01-06..2025-02-23", END, filters={"team": ["Support"]}),
    Question("2025-01-06..2025-02-23", END, filters={"agent": ["anna", "ben"]}),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.period} {question.filters}")
def test_a_report_tells_what_was_done(question: Question, caught_up: Tracked, desk: Helpdesk) -> None:
    assert unsound(caught_up.cache) == []
    assert wrong(caught_up, question, desk.lines) == {}


def test_a_plain_teammate_gets_the_figures_of_what_it_may_see(teammate: Tracked, desk: Helpdesk) -> None:
    """RT leaves out what an account may not see, after it has cut the pages, and reads dates in its time zone."""
    seen = desk.seen_by_staff()
    assert len(seen) < len(desk.lines)
    assert wrong(teammate, QUESTIONS[0], seen) == {}
    assert teammate.sync()[:2] == (0, 0)


def test_of_one_queue_come_the_tickets_that_are_in_it(rt: RequestTracker, desk: Helpdesk, tmp_path: Path) -> None:
    """With a name and a password instead of a token."""
    program = tracked(tmp_path, rt, "password", 'user = "root"\nqueues = ["billing"]')
    program.sync()
    assert wrong(program, QUESTIONS[0], desk.now_in("Billing")) == {}


def test_a_second_sync_asks_little_and_changes_nothing(caught_up: Tracked) -> None:
    before = tables(caught_up.cache)
    read, changed, requests = caught_up.sync()
    assert (read, changed) == (0, 0)
    assert requests <= HANDFUL
    assert tables(caught_up.cache) == before


def test_no_customers_address_and_no_token_is_kept(caught_up: Tracked, rt: RequestTracker) -> None:
    kept = b"".join(path.read_bytes() for path in caught_up.folder.glob("cache.db*"))
    assert b"@example.com" not in kept
    assert rt.tokens["root"].encode() not in kept


def test_a_wrong_token_is_one_line(rt: RequestTracker, tmp_path: Path) -> None:
    done = tracked(tmp_path, rt, "1-14-0123456789abcdef").ends("sync", "--once")
    assert done.returncode == 1
    told = [line for line in (done.stdout + done.stderr).splitlines() if "token" in line]
    assert len(told) == 1
    assert "401" in told[0]
    assert "0123456789abcdef" not in done.stdout + done.stderr


def test_doctor_names_a_queue_that_the_account_cannot_see(rt: RequestTracker, tmp_path: Path) -> None:
    said = tracked(tmp_path, rt, rt.tokens["anna"], 'queues = ["Support", "Board"]').ends("doctor").stdout
    assert "Board" in said
    assert "SeeQueue" in said


def test_a_sync_killed_half_way_goes_on(caught_up: Tracked, rt: RequestTracker, tmp_path: Path) -> None:
    """kill -9 at one request after another; the last sync goes on from what is there."""
    door = Door(rt.port)
    program = tracked(tmp_path, rt, rt.tokens["root"], url=door.url)
    for request in (4, 7, 10):
        begun: list[subprocess.Popen[str]] = []
        door.at(request, lambda begun=begun: begun[0].kill())
        begun.append(process := program.start("sync", "--once"))
        process.communicate(timeout=PATIENCE)
        assert process.returncode == -signal.SIGKILL
        assert unsound(program.cache) == []
    program.sync()
    door.close()
    assert QUESTIONS[0].ask(program)["metrics"] == QUESTIONS[0].ask(caught_up)["metrics"]


def test_what_happens_between_two_syncs_is_seen(
    store: Store, desk: Helpdesk, caught_up: Tracked, teammate: Tracked, tmp_path: Path
) -> None:
    """By REST2, as people's browsers and mail do it: with the server's own dates and all of its automation."""
    with running(store.copied(tmp_path / "site")) as rt:
        root, anna = (moved(program, tmp_path, rt) for program in (caught_up, teammate))
        before = queue(root)
        edits(rt, left_open(desk))
        conversations, changed, requests = root.sync()
        assert 0 < conversations <= 5
        assert changed > 0
        assert requests < 20
        after = queue(root)
        # One is new and answered, one put aside, one deleted, one merged into the new one.
        assert {name: after[name] - before[name] for name in after} == {
            "queue.open": -2,
            "queue.snoozed": 1,
            "human.inbound": 1,
            "human.first_response": 1,
        }
        hide(rt)
        rt.call("ben", "POST", f"/ticket/{rt.number('live')}/comment", said("After the crowd"))
        anna.sync()
        root.sync()
        assert root.sync()[:2] == anna.sync()[:2] == (0, 0)
        fresh = tracked(tmp_path / "fresh", rt, rt.tokens["anna"])
        fresh.sync()
        assert unsound(anna.cache) == []
        now = int(time())
        assert standing(anna, now) == standing(fresh, now)


def said(words: str) -> dict[str, str]:
    return {"Content": words, "ContentType": "text/plain"}


def edits(rt: RequestTracker, open_ones: Sequence[str]) -> None:
    """A new ticket, answered at once, and three that were open: put aside, deleted, merged into the new one."""
    one, two, three = (rt.number(key) for key in open_ones[:3])
    asked = {"Queue": "Support", "Subject": "Live", "Requestor": VISITOR, **said("Now")}
    new = int(rt.call(VISITOR, "POST", "/ticket", asked)["id"])
    rt.store.name("live", new)
    rt.call("anna", "POST", f"/ticket/{new}/correspond", said("An answer"))
    rt.call("anna", "PUT", f"/ticket/{new}", {"Owner": "chloe"})
    rt.call("anna", "PUT", f"/ticket/{one}", {"Status": "stalled"})
    rt.call("root", "DELETE", f"/ticket/{two}")
    rt.call("root", "PUT", f"/ticket/{three}", {"MergeInto": new})


def hide(rt: RequestTracker) -> None:
    """More than a page of things in a row that only root may see."""
    among = {"do": "comment", "who": "root", "ticket": "t5", "at": int(time()), "text": "Among ourselves."}
    rt.store.play([{"do": "scrips", "value": 0}, *[among] * 105, {"do": "scrips", "value": 1}])


def left_open(desk: Helpdesk) -> list[str]:
    stories = replay(read(owned(desk.seen_by_staff(), NAME), END), 7 * DAY)
    return sorted(story.key[1] for story in stories if story.state == "open")


def queue(program: Tracked) -> dict[str, int]:
    """How it stands, and what happened since everything that was played was over."""
    since = f"{datetime.fromtimestamp(END, UTC):%Y-%m-%d}"
    metrics = program.report("--period", f"{since}..2099-12-31", "--compare", "none")["metrics"]
    now = {name: metrics[name]["value"] for name in ("queue.open", "queue.snoozed", "human.inbound")}
    return {**now, "human.first_response": metrics["human.first_response.median"]["n"]}


def standing(program: Tracked, at: int) -> tuple[Any, Any]:
    """All figures, and all conversations but for their address, which is another at every site."""
    asked = ("--period", "2025-01-01..2099-12-31")
    listed = json.loads(program.tells("conversations", "--format", "json", *asked, at=at))
    rows = [{name: value for name, value in row.items() if name != "url"} for row in listed]
    return program.report(*asked, "--compare", "none", at=at)["metrics"], sorted(rows, key=lambda row: row["id"])


def wrong(program: Tracked, question: Question, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Where a report differs from what the deeds mean; the compared period too, where one is asked for."""
    told = question.ask(program)["metrics"]
    world = owned(lines, NAME)
    untold = {metric for metric in told if ABILITIES.of(metric).quality == "unavailable"} | {
        metric for metric in told if metric.startswith("internal.")
    }
    found = differences(told, figures(world, question), untold=untold)
    if question.compare != "none":
        earlier = figures(world, question, question.compared)
        found |= {f"{metric} before": bad for metric, bad in earlier_differences(told, earlier, untold=untold).items()}
    return found


def test_the_helpdesk_has_all_that_is_claimed(caught_up: Tracked, desk: Helpdesk) -> None:
    kinds = {line["kind"] for line in desk.lines if line["type"] == "event"}
    assert kinds >= {
        "merged_into",
        "deleted",
        "reopened",
        "snoozed",
        "unsnoozed",
        "unassigned",
        "team_assigned",
        "note",
    }
    with closing(sqlite3.connect(caught_up.cache)) as connection:
        (episodes,) = connection.execute("SELECT COUNT(*) FROM episode").fetchone()
    assert episodes > TICKETS / 2
