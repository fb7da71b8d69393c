"""What `doctor` makes of a source's answers: each thing once, in words that say what to do."""

import asyncio
from collections.abc import Sequence

import pytest

from funnel_tui import sources
from funnel_tui.cli import doctor
from funnel_tui.cli.doctor import Finding, brief
from funnel_tui.model.abilities import Abilities
from funnel_tui.settings import SourceSettings
from funnel_tui.sources import ForbiddenError, Identity, Remark, SourceError, StreamSpec

SETTINGS = SourceSettings(name="acme", kind="intercom", base_url="https://api.example.com")


class Examined:
    """A source with the answers that a test gives it."""

    abilities = Abilities(metrics={}, feeds={}, concerns=("none.",))
    head_room = None

    def __init__(
        self,
        *,
        refused: dict[str, str] | None = None,
        remarks: Sequence[Remark] = (),
        fails: SourceError | None = None,
        skew: float = 0.0,
        essential: bool = False,
    ) -> None:
        self.clock_skew = skew
        self._refused, self._remarks, self._fails = refused or {}, remarks, fails
        self._essential = essential

    def streams(self) -> Sequence[StreamSpec]:
        return (StreamSpec("messages", essential=self._essential), StreamSpec("#help"))

    async def identify(self) -> Identity:
        return Identity(workspace="w1", name="Acme", api_version="2.16")

    async def probe(self, stream: str) -> None:
        if stream in self._refused:
            raise ForbiddenError("acme", self._refused[stream], stream=stream, mend="Ask.")

    async def examine(self) -> Sequence[Remark]:
        if self._fails is not None:
            raise self._fails
        return self._remarks

    async def close(self) -> None:
        pass


def told(monkeypatch: pytest.MonkeyPatch, source: Examined) -> list[Finding]:
    monkeypatch.setattr(sources, "open_source", lambda settings, token: source)
    found = asyncio.run(doctor._connection(SETTINGS, "token"))
    return [finding for finding in found if finding.what != "acme: metrics"]


def test_a_remark_on_a_stream_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, Examined(remarks=[Remark(True, "#help", "readable, a private channel")]))
    assert found == [
        Finding(True, "acme: connection", "Acme, version 2.16"),
        Finding(True, "acme: messages", "readable"),
        Finding(True, "acme: #help", "readable, a private channel"),
    ]


def test_a_refusal_is_told_once_and_without_the_places_that_its_line_names(monkeypatch: pytest.MonkeyPatch) -> None:
    remark = Remark(False, "#help", "acme: #help: no. Ask.")
    found = told(monkeypatch, Examined(refused={"#help": "no"}, remarks=[remark]))
    assert [finding for finding in found if finding.what == "acme: #help"] == [
        Finding(False, "acme: #help", "no. Ask.")
    ]


def test_a_remark_that_all_is_well_hides_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, Examined(refused={"#help": "no"}, remarks=[Remark(True, "#help", "well")]))
    assert Finding(None, "acme: #help", "no. Ask.") in found


def test_one_fault_in_two_places_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    remark = Remark(False, "#secret", "not joined. Ask.")
    found = told(monkeypatch, Examined(refused={"messages": "not joined"}, remarks=[remark], essential=True))
    assert [finding.what for finding in found if finding.good is False] == ["acme: messages"]


def test_an_examination_that_is_refused_is_no_fault_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, Examined(fails=ForbiddenError("acme", "no", mend="Ask.")))
    assert found[0].good
    assert found[-1] == Finding(False, "acme: rights", "no. Ask.")
    found = told(monkeypatch, Examined(refused={"#help": "no"}, fails=ForbiddenError("acme", "no", mend="Beg.")))
    assert found[-1] == Finding(None, "acme: #help", "no. Ask.")


def test_metrics_that_share_a_reason_are_named_briefly() -> None:
    known = ["a.one", "a.two", "a.three", "b.bot_in", "b.bot_out", "b.bot_csat", "b.seekers", "c.csat", "c.csat_n"]
    assert brief(known[:6], known) == ["a.*", "b.bot*"]
    assert brief(known[3:], known) == ["b.*", "c.csat", "c.csat_n"]
    assert brief(["a.one", "a.three"], known) == ["a.one", "a.three"]


@pytest.mark.parametrize(("skew", "way"), [(300.0, "300 s behind"), (-300.0, "300 s ahead of")])
def test_a_clock_that_is_off_is_said_with_its_direction(monkeypatch: pytest.MonkeyPatch, skew: float, way: str) -> None:
    (clock,) = (finding for finding in told(monkeypatch, Examined(skew=skew)) if finding.what == "acme: clock")
    assert clock.good is False
    assert f"this machine's clock is {way} the server's" in clock.says
