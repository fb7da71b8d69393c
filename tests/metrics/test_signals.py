"""Channels that miss their target, counted by hand."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import ReportRequest, build_report
from funnel_tui.model.abilities import Abilities, unavailable
from funnel_tui.model.records import Conversation, Event, Kind, Record
from funnel_tui.model.values import Signal
from funnel_tui.settings import Settings, Target
from funnel_tui.store import Reader, Store

MIDNIGHT = 1_771_977_600  # 2026-02-25 00:00 UTC
NOW = MIDNIGHT + 80_000
TARGETS = {"chat": Target(60, 0.45), "email": Target(3600, 0.8)}


def answered(channel: str, quick: int, slow: int, *, team: str | None = None) -> list[Record]:
    """Conversations of today, some answered after 30 s and some after two hours."""
    found: list[Record] = []
    for i, wait in enumerate([30] * quick + [7200] * slow):
        id, at = f"{channel}-{team}-{i}", MIDNIGHT + 60 * i
        found.append(Conversation(id=id, person=f"p{id}", channel=channel, team=team))
        found.append(Event(conversation=id, at=at, kind=Kind.CUSTOMER_MESSAGE, actor=f"p{id}"))
        found.append(Event(conversation=id, at=at + wait, kind=Kind.AGENT_REPLY, actor="g"))
    return found


def waiting(channel: str, count: int, since: int) -> list[Record]:
    found: list[Record] = []
    for i in range(count):
        id = f"w-{channel}-{since}-{i}"
        found.append(Conversation(id=id, person=id, channel=channel))
        found.append(Event(conversation=id, at=NOW - since, kind=Kind.CUSTOMER_MESSAGE, actor=id))
    return found


def missed(path: Path, records: list[Record], targets: dict[str, Target] = TARGETS, **request: object) -> list[Signal]:
    store = Store.open(path)
    store.write("acme", records)
    store.close()
    settings = Settings(zone=ZoneInfo("UTC"), targets=targets)
    report = build_report(Reader.open(path), settings, ReportRequest(**request), NOW)  # type: ignore[arg-type]
    return [signal for signal in report.signals if signal.id.startswith("target.")]


def test_a_channel_that_misses_its_expectation_is_named_with_its_evidence(tmp_path: Path) -> None:
    records = [*answered("Chat", 11, 69), *answered("email", 40, 2), *waiting("chat", 3, 61), *waiting("chat", 1, 60)]
    assert missed(tmp_path / "c.db", records) == [
        Signal(
            "target.chat",
            "chat: 14 % answered within 1 min, 45 % expected",
            "n 80, 95 % interval 8–23 %; 3 wait longer than 1 min right now",
            "human.first_response.median",
        )
    ]


def test_one_that_waits_is_one(tmp_path: Path) -> None:
    (found,) = missed(tmp_path / "c.db", [*answered("email", 0, 40), *waiting("email", 1, 4000)])
    assert found.title == "email: 0 % answered within 1 h, 80 % expected"
    assert found.evidence == "n 40, 95 % interval 0–9 %; 1 waits longer than 1 h right now"


@pytest.mark.parametrize(
    ("quick", "slow", "told"),
    [(0, 29, False), (0, 30, True), (12, 28, False), (11, 29, True), (40, 0, False)],
    ids=["too few", "enough", "within its noise", "beyond its noise", "met"],
)
def test_it_is_silent_without_evidence(tmp_path: Path, quick: int, slow: int, told: bool) -> None:
    """Of 40, 12 are 30 % with an interval up to 45.4 %, and 11 up to 42.8 %."""
    assert bool(missed(tmp_path / "c.db", answered("chat", quick, slow))) is told


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, ["target.chat", "target.email"]),
        ({"channel": ("CHAT",)}, ["target.chat"]),
        ({"channel": ("phone",)}, []),
        ({"team": ("billing",)}, []),
    ],
    ids=["all", "channel", "another channel", "a team has no target"],
)
def test_only_channels_of_the_view_are_judged(
    tmp_path: Path, filters: dict[str, tuple[str, ...]], ids: list[str]
) -> None:
    records = [
        *answered("chat", 0, 40, team="tech"),
        *answered("email", 0, 40, team="billing"),
        *answered("phone", 0, 40, team="tech"),
    ]
    assert [signal.id for signal in missed(tmp_path / "c.db", records, filters=filters)] == ids


def test_without_targets_or_first_responses_nothing_is_missed(tmp_path: Path) -> None:
    assert missed(tmp_path / "c.db", answered("chat", 0, 40), {}) == []
    store = Store.open(tmp_path / "d.db")
    store.register("acme", "some", Abilities(metrics={"human.first_response": unavailable("Nobody tells.")}))
    store.close()
    assert missed(tmp_path / "d.db", answered("chat", 0, 40)) == []
