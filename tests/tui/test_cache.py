"""The dashboard on a real cache: figures, the conversations behind them and their timelines fit together."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from funnel_tui.metrics import ReportRequest
from funnel_tui.model.records import Agent, Conversation, Event, Kind, Thread
from funnel_tui.settings import Settings
from funnel_tui.store import Store
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.screens.drill import DrillScreen
from funnel_tui.tui.screens.timeline import TimelineScreen
from funnel_tui.tui.skeleton import frame

from .conftest import opened, shown, until
from .fake_report import NOW
from .terminal import Terminal

ZONE = ZoneInfo("Europe/Dublin")


def thread(number: int, at: int, reply_after: int | None) -> Thread:
    id_ = f"c{number}"
    events = [Event(conversation=id_, at=at, kind=Kind.CUSTOMER_MESSAGE, actor=f"p{number}", text="Where is it?")]
    if reply_after is not None:
        events.append(
            Event(conversation=id_, at=at + reply_after, kind=Kind.AGENT_REPLY, actor="g1", text="On its way")
        )
    conversation = Conversation(id=id_, channel="chat", subject=f"Parcel {number}", person=f"p{number}")
    return Thread(conversation=conversation, events=tuple(events))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Five answered conversations of today, of 100 to 500 s, and two that wait."""
    path = tmp_path / "cache.db"
    store = Store.open(path)
    store.register("acme", "import")
    answered = [thread(n, NOW - 6_000 - n, 100 * n) for n in range(1, 6)]
    waiting = [thread(n, NOW - 300 * n, None) for n in (6, 7)]
    store.write("acme", [Agent(id="g1", name="Anna"), *answered, *waiting])
    store.close()
    return path


async def test_numbers_lists_and_timelines_agree(cache: Path) -> None:
    app = FunnelApp(
        settings=Settings(zone=ZONE),
        cache=cache,
        clock=lambda: NOW,
        poller_factory=None,
        title="acme",
        initial=ReportRequest(),
    )
    async with opened(app) as pilot:
        text = shown(app)
        assert "Today Sun 22 Nov" in text
        assert "○ imported" in text
        assert "First response      5m" in text
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        assert isinstance(app.screen, DrillScreen)
        assert app.report is not None
        assert app.screen.list.total == app.report["human.first_response.median"].n == 5
        assert app.screen.list.current is not None
        assert app.screen.list.current.item.subject == "Parcel 5"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and app.screen.story.timeline is not None)
        assert "┗ 8m 20s" in shown(app)
        assert "Anna replied" in shown(app)
        await pilot.press("escape", "escape", "up", "up", "enter")
        await until(pilot, lambda: isinstance(app.screen, DrillScreen) and app.screen.found is not None)
        assert "2 CONVERSATIONS, longest waiting first" in shown(app)


async def test_a_cache_that_is_not_there_is_said_and_awaited(tmp_path: Path) -> None:
    app = FunnelApp(
        settings=Settings(zone=ZONE), cache=tmp_path / "no.db", clock=lambda: NOW, poller_factory=None, title="acme"
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.live.problem is not None)
        assert "The figures could not be brought up to date" in shown(app)
    app.close()


def test_launch_opens_it_in_a_terminal(cache: Path) -> None:
    with Terminal("tui.launched", str(cache), size=(120, 40)) as terminal:
        terminal.shows("Funnel · acme", "Waiting now", "First response      5m")
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.restored


def test_the_skeleton_is_harmless() -> None:
    text = frame("ac\x1b[2Jme", 20, 5)
    assert "Funnel · ac·[2Jme" in text
    assert "\x1b[5;1H" in text
