"""Another configuration while the dashboard is open."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from funnel_tui import themes
from funnel_tui.config_watch import ConfigWatch, Refused, Taken
from funnel_tui.settings import Savings, Settings, SourceSettings, Ui
from funnel_tui.sync import SyncUpdate
from funnel_tui.tui.app import FunnelApp
from funnel_tui.tui.feed import Feed, PollerFactory
from funnel_tui.tui.live_config import ConfigRefused, ConfigTaken, Follower, LiveConfig
from funnel_tui.tui.messages import Answered

from .conftest import opened, shown, until
from .fake_app import FakePoller, make_app
from .fake_report import NOW, FakeBackend, make_freshness


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("COLORFGBG", raising=False)
    folder = tmp_path / "funnel-tui" / "themes"
    folder.mkdir(parents=True)
    return folder


def told(app: FunnelApp, *changed: str, factory: PollerFactory | None = None, **settings: object) -> None:
    """As the follower tells it."""
    taken = Taken(replace(app.settings, **settings), changed)  # type: ignore[arg-type]
    app.post_message(ConfigTaken(taken, themes.every(), factory, "acme"))


async def test_keys_are_others_at_once_and_the_footer_says_so() -> None:
    app = make_app(keys={"zoom": "x"})
    async with opened(app, (200, 60)) as pilot:
        assert "x zoom" in shown(app)
        told(app, "keys", keys={"compare": "v"})
        await until(pilot, lambda: "Configuration taken up: keys" in shown(app))
        app.say("")
        assert "v compare" in shown(app)
        assert "z zoom" in shown(app)
        before = app.view.compare
        await pilot.press("c")
        assert app.view.compare == before
        await pilot.press("v")
        assert app.view.compare != before


async def test_the_theme_changes_unless_somebody_chose_another_by_hand() -> None:
    app = make_app()
    async with opened(app) as pilot:
        told(app, "ui", ui=Ui(theme="ember"))
        await until(pilot, lambda: app.ink.name == "ember-dark")
        await pilot.press("T")
        assert app.ink.name == "ember-light"
        told(app, "savings", savings=Savings(7.0, "EUR"))
        await until(pilot, lambda: app.currency == "EUR")
        assert app.ink.name == "ember-light"


async def test_a_theme_file_that_is_edited_shows(own_folder: Path) -> None:
    (own_folder / "mine.toml").write_text('ground = "#000011"\n')
    app = make_app(ui=Ui(theme="mine"))
    async with opened(app) as pilot:
        assert app.current_theme.background == "#000011"
        (own_folder / "mine.toml").write_text('ground = "#110000"\n')
        told(app, "themes")
        await until(pilot, lambda: app.ink.palette["ground"] == "#110000")
        assert app.current_theme.background == "#110000"


async def test_figures_are_read_anew_by_the_new_settings() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        loader, asked = app.loader, len(backend.asked)
        told(app, "targets", "timezone", zone=ZoneInfo("Asia/Tokyo"))
        await until(pilot, lambda: len(backend.asked) > asked and app.live.loading_since is None)
        assert app.loader is not loader
        assert app.settings.zone.key == "Asia/Tokyo"
        loader.join(5)
        assert not loader.is_alive()


async def test_what_the_old_loader_still_answers_is_not_heard() -> None:
    backend = FakeBackend()
    app = make_app(backend)
    async with opened(app) as pilot:
        heard: list[object] = []
        old_deliver = app.loader._deliver
        assert old_deliver is not None
        told(app, "targets")
        await until(pilot, lambda: app.settings is not None and app.loader._deliver is not old_deliver)
        tell = app._feed.tell
        app._feed.tell = lambda message: heard.append(message) if isinstance(message, Answered) else tell(message)  # type: ignore[method-assign]
        old_deliver(cast("object", None))  # type: ignore[arg-type]
        assert heard == []
        app._feed.tell = tell  # type: ignore[method-assign]


async def test_sources_that_change_have_another_poller_and_those_that_are_gone_are_not_shown() -> None:
    pollers: list[FakePoller] = []

    def factory(hear: Callable[[SyncUpdate], None]) -> FakePoller:
        pollers.append(FakePoller(hear, lambda: NOW, every=3600))
        return pollers[-1]

    app = make_app(poller=factory)
    async with opened(app) as pilot:
        await until(pilot, lambda: pollers and pollers[0].is_alive())
        (kept, *_) = make_freshness(NOW)
        sources = (SourceSettings(kept.name, kept.kind, "https://a.example"),)
        told(app, "sources", factory=cast("PollerFactory", factory), sources=sources)
        await until(pilot, lambda: len(pollers) == 2 and pollers[1].is_alive())
        assert pollers[0].calls == ["stop"]
        assert not pollers[0].is_alive()
        await until(pilot, lambda: app.freshness)
        assert [source.name for source in app.freshness] == [kept.name]
        told(app, "sources", factory=None, sources=())
        await until(pilot, lambda: not pollers[1].is_alive())
        assert not app.live.polling


async def test_a_pause_outlives_the_change_of_pollers() -> None:
    pollers: list[FakePoller] = []

    def factory(hear: Callable[[SyncUpdate], None]) -> FakePoller:
        pollers.append(FakePoller(hear, lambda: NOW, every=3600))
        return pollers[-1]

    app = make_app(poller=factory)
    async with opened(app) as pilot:
        await until(pilot, lambda: pollers and pollers[0].is_alive())
        await pilot.press("p")
        told(app, "poll_seconds", factory=cast("PollerFactory", factory), poll_seconds=60)
        await until(pilot, lambda: len(pollers) == 2 and pollers[1].is_alive())
        assert pollers[1].calls == ["pause"]
        assert app.live.paused_since is not None


async def test_a_refused_change_is_a_line_until_it_is_mended() -> None:
    app = make_app()
    async with opened(app) as pilot:
        settings = app.settings
        app.post_message(ConfigRefused("/home/somebody/c.toml:7: poll_seconds: must be from 1 to 86,400, not 0"))
        await until(pilot, lambda: "The configuration was not taken up" in shown(app))
        assert "Configuration not taken up: c.toml:7: poll_seconds" in shown(app)
        assert "! 2 alerts" in shown(app)
        assert app.settings is settings
        told(app)
        await until(pilot, lambda: "The configuration was not taken up" not in shown(app))


class Looks(ConfigWatch):
    """Finds what it was told to find."""

    def __init__(self, *found: Taken | Refused | None) -> None:
        self.found = list(found)

    def look(self) -> Taken | Refused | None:
        return self.found.pop(0)


def test_the_follower_tells_what_it_finds_and_lives_on() -> None:
    settings = Settings(zone=ZoneInfo("UTC"))
    messages: list[object] = []
    refits: list[tuple[str, ...]] = []

    def refit(settings: Settings, changed: tuple[str, ...]) -> tuple[PollerFactory | None, str]:
        refits.append(changed)
        if changed == ("sources",):
            raise OSError("the cache\nis gone")
        return None, "acme"

    looks = Looks(None, Refused("c.toml:1: no"), Taken(settings, ("sources",)), Taken(settings, ("keys",)))
    follower = Follower(LiveConfig(looks, refit), messages.append)
    for _ in range(4):
        follower.look()
    assert refits == [("sources",), ("keys",)]
    assert [type(message).__name__ for message in messages] == ["ConfigRefused", "ConfigRefused", "ConfigTaken"]
    assert cast("ConfigRefused", messages[1]).message == "the cache is gone"


def test_the_follower_looks_in_a_thread_until_it_is_stopped() -> None:
    looked = threading.Event()

    class Once(Looks):
        def look(self) -> None:
            looked.set()

    follower = Follower(LiveConfig(Once(), lambda settings, changed: (None, "")), lambda message: None, every=0.001)
    follower.start()
    assert looked.wait(10)
    follower.stop()
    follower.join(10)
    assert not follower.is_alive()


def test_a_feed_that_is_closed_makes_no_poller() -> None:
    made: list[object] = []
    feed = Feed(None, lambda message: None)
    feed.close()
    feed._factory = cast("PollerFactory", made.append)
    feed._make()
    assert made == []
