"""What goes wrong out there, seen from a shell: a line that says what to do, an exit code, a cache that still tells.

Every run is the real command line in a process of its own. Where a server fails for good, the waits between attempts
are made short (`hasty.py`); that they are long enough elsewhere is tested with the HTTP client.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end import hostile
from tests.end_to_end.agreement import Question
from tests.end_to_end.desk import NAME, TOKEN, Desk, Program
from tests.end_to_end.tables import tables, unsound

NOW = 1_772_632_800
HASTY = Path(__file__).with_name("hasty.py")
YEAR = Question("year", NOW)


def hasty(folder: Path) -> Program:
    """The program that tries again at once."""
    return Program(folder, entry=(str(HASTY),))


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Desk(seed=4, days=1, now=NOW) as found:
        yield found


@pytest.fixture
def faults(desk: Desk) -> Iterator[Desk]:
    """The helpdesk, whose faults end with the test."""
    yield desk
    desk.faults.clear()


@pytest.fixture(scope="module")
def healthy(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A cache that was synced when all was well."""
    program = Program(tmp_path_factory.mktemp("healthy")).configure(desk.url)
    program.must("sync", "--once")
    return program


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    lines: list[str]
    """Of stderr."""


def sync(program: Program, *arguments: str) -> Outcome:
    """`sync --once`, with what must hold whatever happens: no traceback, no credential anywhere, a sound cache."""
    done = program.run("sync", "--once", *arguments)
    check_quiet(program, done)
    return Outcome(done.returncode, done.stdout, done.stderr.splitlines())


def check_quiet(program: Program, done: "subprocess.CompletedProcess[str]") -> None:
    assert "Traceback" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr
    for file in program.folder.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file
    assert not program.cache.exists() or unsound(program.cache) == []


# --- the source as a whole

WHOLE = (
    (hostile.refuses_with_an_echo, r"token was refused.*401.*Wrong token or wrong region: base_url is http://127"),
    (hostile.redirects_with_an_echo, r"redirect"),
    (hostile.shows_a_page, r"not JSON but a web page"),
    (hostile.says_nothing, r"empty"),
    (hostile.breaks_off, r"broke off"),
    (hostile.answers_with_another_shape, r"unknown form"),
    (hostile.fails, r"server failed.*503"),
    (hostile.limits, r"rate limit"),
    (hostile.limits_for_long, r"rate limit"),
)


@pytest.mark.parametrize(("manner", "said"), WHOLE, ids=lambda value: getattr(value, "__name__", ""))
def test_a_server_that_is_of_no_use_is_one_line_and_exit_1(manner: hostile.Manner, said: str, tmp_path: Path) -> None:
    program = hasty(tmp_path)
    with hostile.serving(manner) as url:
        outcome = sync(program.configure(url))
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert outcome.lines[0].startswith(f"{NAME}: ")
    assert re.search(said, outcome.lines[0])
    assert outcome.out.startswith(f"{NAME}: failed")
    freshness = program.report()["freshness"][NAME]
    assert freshness["state"] == "failed"
    assert freshness["message"] in outcome.lines[0]


def test_a_dead_server_is_named(tmp_path: Path) -> None:
    program = hasty(tmp_path)
    with hostile.nobody() as url:
        outcome = sync(program.configure(url))
    assert outcome.code == 1
    assert len(outcome.lines) == 1
    assert "cannot be reached" in outcome.lines[0]
    assert url.removeprefix("http://") in outcome.lines[0]


def test_what_was_read_stays_when_the_server_dies(healthy: Program, tmp_path: Path) -> None:
    """The report is the one of before, and says how old it is and why."""
    program = hasty(tmp_path)
    program.cache.write_bytes(healthy.cache.read_bytes())
    before = YEAR.ask(healthy)
    with hostile.nobody() as url:
        outcome = sync(program.configure(url))
    assert outcome.code == 1
    after = YEAR.ask(program)
    assert after["metrics"] == before["metrics"]
    freshness = after["freshness"][NAME]
    assert freshness["state"] == "failed"
    assert freshness["last_success"] == before["freshness"][NAME]["last_success"]
    assert freshness["age_seconds"] >= before["freshness"][NAME]["age_seconds"]
    text = program.tells("report", "--period", "year", at=NOW)
    assert "cannot be reached" in text
    status = program.tells("status")
    assert re.search(r"failed.* old", status)


def test_one_dead_source_does_not_hold_the_other(desk: Desk, healthy: Program, tmp_path: Path) -> None:
    program = hasty(tmp_path)
    with hostile.nobody() as url:
        program.configure(url, desk.url, names=("gone", NAME))
        outcome = sync(program)
    assert outcome.code == 1
    assert [line.partition(":")[0] for line in outcome.lines] == ["gone"]
    assert [line.split(",")[0] for line in outcome.out.splitlines()] == ["gone: failed", f"{NAME}: ok"]
    states = {name: found["state"] for name, found in YEAR.ask(program)["freshness"].items()}
    assert states == {"gone": "failed", NAME: "ok"}
    assert len(tables(program.cache)["episode"]) == len(tables(healthy.cache)["episode"])


# --- what passes

PASSING = (
    *("limit=1:/conversations/search:1", "status=429:/me:2", "status=500:/conversations/search:2"),
    *("empty:/conversations/search:1", "truncate:/conversations/7:2", "status=503:/conversations/7:3"),
    *("reset:/conversations/7:3", "html:/teams:1", "truncate:/articles:1", "status=502:/export:2", "reset:/download:1"),
)


def test_what_passes_leaves_no_trace(faults: Desk, healthy: Program, tmp_path: Path) -> None:
    """A token that is corrected, limits, server errors, answers cut off or empty, dropped connections: tried again, and
    all of it is read."""
    program = hasty(tmp_path).configure(faults.url)
    program.environment = {"DESK_TOKEN": "tok-of-another-region"}
    outcome = sync(program)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "tok-of-another-region" not in outcome.lines[0]
    program.environment = healthy.environment
    for rule in PASSING:
        faults.faults.add_rule(rule)
    outcome = sync(program)
    assert (outcome.code, outcome.lines) == (0, [])
    mine, whole = tables(program.cache), tables(healthy.cache)
    for name in ("episode", "close", "wait", "outbound", "agent", "team"):
        assert len(mine[name]) == len(whole[name]), name
    assert YEAR.ask(program)["metrics"] == YEAR.ask(healthy)["metrics"]


# --- one stream

STREAMS = (
    ("deny:/admins", "admins", ("queue.on_duty",)),
    ("status=500:/admins", "admins", ("queue.on_duty",)),
    ("status=401:/articles", "articles", ("selfserve.article_views",)),
    ("deny:/export", "outbound", ("proactive.delivered", "proactive.open_rate")),
)


@pytest.mark.parametrize(("fault", "stream", "metrics"), STREAMS, ids=lambda value: str(value))
def test_one_stream_that_cannot_be_had_is_a_warning(
    faults: Desk, healthy: Program, tmp_path: Path, fault: str, stream: str, metrics: tuple[str, ...]
) -> None:
    """What it feeds is unavailable with the reason; everything else is as it would be."""
    faults.faults.add_rule(fault)
    program = hasty(tmp_path).configure(faults.url)
    outcome = sync(program)
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    assert outcome.out.startswith(f"{NAME}: partial, ")
    assert re.match(rf"{NAME}: warning: {stream}: |warning: {NAME}: {stream}: ", outcome.lines[0])
    report, whole = YEAR.ask(program), YEAR.ask(healthy)
    assert report["freshness"][NAME]["state"] == "partial"
    assert report["freshness"][NAME]["message"] in outcome.lines[0]
    for metric in metrics:
        assert report["metrics"][metric]["quality"] == "unavailable"
        assert report["metrics"][metric]["value"] is None
        assert report["metrics"][metric]["reason"]
    for id, metric in report["metrics"].items():
        if id.startswith(("human.", "selfserve.bot")):
            assert metric == whole["metrics"][id], id


def test_without_the_conversations_the_rest_goes_on(faults: Desk, healthy: Program, tmp_path: Path) -> None:
    """Messages and who is on duty are told as they would be; nothing that needs a conversation is made up."""
    faults.faults.add_rule("deny:/conversations/search")
    program = hasty(tmp_path).configure(faults.url)
    outcome = sync(program)
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    assert re.search("warning: .*conversations: ", outcome.lines[0])
    report, whole = YEAR.ask(program)["metrics"], YEAR.ask(healthy)["metrics"]
    told = {id for id, metric in report.items() if metric["quality"] != "unavailable"}
    assert told == {id for id in whole if id.startswith("proactive.")} - {"proactive.per_seeker"} | {"queue.on_duty"}
    assert {id: report[id] for id in told} == {id: whole[id] for id in told}


def test_a_list_of_deletions_that_cannot_be_had_is_a_warning(faults: Desk, healthy: Program, tmp_path: Path) -> None:
    """It is asked for from the second sync on."""
    faults.faults.add_rule("deny:/conversations/deleted")
    program = hasty(tmp_path).configure(faults.url)
    program.cache.write_bytes(healthy.cache.read_bytes())
    outcome = sync(program)
    assert (outcome.code, len(outcome.lines)) == (0, 1)
    assert re.search("warning: .*deletions: ", outcome.lines[0])
    assert YEAR.ask(program)["freshness"][NAME]["state"] == "partial"


# --- the configuration


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("token_env", "tokens_env"), r"config\.toml:\d+.*tokens_env"),
        (('"intercom"', '"intercomm"'), r"kind"),
        ((f'"{NAME}"', "7"), r"config\.toml:\d+.*name"),
        (("DESK_TOKEN", "NO_SUCH_VARIABLE"), r"NO_SUCH_VARIABLE"),
        (("Europe/Dublin", "Europe/Nowhere"), r"config\.toml:\d+.*timezone"),
        (("http://127.0.0.1", "http://10.0.0.1"), r"config\.toml:\d+.*base_url.*allow_http"),
    ],
)
def test_a_bad_configuration_is_exit_2(desk: Desk, tmp_path: Path, change: tuple[str, str], said: str) -> None:
    program = Program(tmp_path).configure(desk.url)
    program.config.write_text(program.config.read_text().replace(*change))
    asked = len(desk.asked)
    outcome = sync(program)
    assert outcome.code == 2
    assert re.search(said, " ".join(outcome.lines))
    assert len(outcome.lines) == 1
    assert len(desk.asked) == asked
