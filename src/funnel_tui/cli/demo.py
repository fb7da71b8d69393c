"""`funnel-tui demo`: the dashboard on a simulated helpdesk and chat, read over real HTTP by the real connectors."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel_tui import config_file
from funnel_tui.cli.dash import initial_request, live_config, need_terminal
from funnel_tui.cli.outside import Outside, pass_outside
from funnel_tui.errors import UserError
from funnel_tui.model.clock import system_clock
from funnel_tui.settings import OfficeHours, Settings, SourceSettings

if TYPE_CHECKING:
    from funnel_tui.demo import DemoHandle
    from funnel_tui.sync import Poller, SyncUpdate
    from funnel_tui.tui.feed import PollerFactory

NAME = "demo"
CHAT = "demo-chat"
POLL_SECONDS = 5
"""More often than a real helpdesk would like: there is something to see."""


@click.command(epilog="Example: funnel-tui demo --seed 7 --days 30 --speed 60")
@click.option("--seed", type=int, default=1, show_default=True, help="Which world; the same seed gives the same one.")
@click.option("--days", type=click.IntRange(1, 1000), default=90, show_default=True, help="How much past it has.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 3600, min_open=True),
    default=1.0,
    show_default=True,
    help="Simulated seconds to a second.",
)
@click.option("--headless", is_flag=True, help="Print the servers' URLs and keep serving, without a dashboard.")
@pass_outside
def demo(outside: Outside, seed: int, days: int, speed: float, headless: bool) -> None:
    """Open the dashboard on a simulated helpdesk and chat. Nothing leaves this machine, nothing stays on it."""
    if headless:
        from funnel_tui.demo import serve_headless

        raise click.exceptions.Exit(serve_headless(seed, days, speed))
    outside.refuse_to_write("the demo fills a cache of its own")
    need_terminal()
    folder = Path(tempfile.mkdtemp(prefix="funnel-tui-demo-"))
    outside.settings = settings = _settings(outside)
    outside.db = folder / "cache.db"
    threads = ThreadPoolExecutor(1, thread_name_prefix="funnel-demo")
    # The server starts while Textual is imported; the first frame waits for neither it nor its data.
    handle = threads.submit(_start, seed, days, speed, settings.zone.key)
    outside.open_store().close()
    try:
        raise click.exceptions.Exit(_show(outside, settings, handle))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if handle.done() and handle.exception() is None:
            handle.result().stop()
        threads.shutdown(wait=False, cancel_futures=True)


def _settings(outside: Outside) -> Settings:
    """The user's own where a file was named, else the defaults; the sources are the demo's."""
    if outside.config_file is not None:
        settings = outside.read_settings()
    else:
        settings = Settings(zone=config_file.system_zone(), office_hours=OfficeHours(frozenset(range(5)), 540, 1080))
    sources = (
        SourceSettings(name=NAME, kind="intercom", base_url="http://127.0.0.1"),
        SourceSettings(name=CHAT, kind="matrix", base_url="http://127.0.0.1"),
    )
    return replace(settings, sources=sources, poll_seconds=POLL_SECONDS)


def _start(seed: int, days: int, speed: float, zone: str) -> "DemoHandle":
    from funnel_tui.demo import start_demo

    return start_demo(seed=seed, days=days, speed=speed, zone=zone)


def _show(outside: Outside, settings: Settings, handle: "Future[DemoHandle]") -> int:
    def clock() -> int:
        return handle.result().clock() if handle.done() and handle.exception() is None else system_clock()

    def factory(settings: Settings) -> "PollerFactory":
        def poller(hear: "Callable[[SyncUpdate], None]") -> "Poller":
            from funnel_tui.cli.polling import make_poller
            from funnel_tui.demo import DemoError

            try:
                running = handle.result()
            except DemoError as error:
                raise UserError(str(error)) from error
            desk, chat = settings.sources
            served = [
                replace(desk, base_url=running.url),
                replace(chat, base_url=running.chat_url, channels=running.channels),
            ]
            tokens = {NAME: running.token, CHAT: running.chat_token}
            return make_poller(outside.having(settings), served, hear, tokens=tokens)

        return poller

    def refit(settings: Settings, _changed: tuple[str, ...]) -> "tuple[PollerFactory, str]":
        return factory(settings), NAME

    from funnel_tui.tui import launch

    outside.clock = clock
    return launch(
        settings=settings,
        cache=outside.cache,
        clock=clock,
        poller_factory=factory(settings),
        title=NAME,
        initial=initial_request(outside),
        config=live_config(outside, lambda: _settings(outside), refit) if outside.config_file is not None else None,
    )
