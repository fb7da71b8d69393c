"""`funnel-tui dash`: the dashboard on the configured sources."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from funnel_tui import paths
from funnel_tui.cli.outside import Outside, pass_outside
from funnel_tui.errors import UserError
from funnel_tui.settings import Settings

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest
    from funnel_tui.sync import Poller, SyncUpdate
    from funnel_tui.tui.feed import PollerFactory
    from funnel_tui.tui.live_config import LiveConfig

Refit = Callable[[Settings, tuple[str, ...]], "tuple[PollerFactory | None, str]"]
"""What settings that have changed lead to: see `LiveConfig.refit`."""


@click.command(epilog="Example: funnel-tui dash --read-only")
@click.option("--read-only", is_flag=True, help="As the global option: write nothing, poll nothing.")
@pass_outside
def dash(outside: Outside, read_only: bool = False) -> None:
    """Open the dashboard on the configured sources. Without a command, this is what opens."""
    outside.read_only = outside.read_only or read_only
    settings = outside.settings
    need_terminal()
    if outside.read_only and not outside.cache.exists():
        raise UserError(f"--read-only: no cache at {outside.cache} yet; `funnel-tui`, `record` or `sync` fills one")
    if not settings.sources and not outside.cache.exists():
        _first_run(outside)
        return
    if not outside.cache.exists():
        outside.open_store().close()  # so that the screen opens on an empty cache and not on a complaint
    polling = _Polling(outside)

    from funnel_tui.tui import launch

    code = launch(
        settings=settings,
        cache=outside.cache,
        clock=outside.clock,
        poller_factory=polling.factory(settings, ask=True),
        title=title_of(settings),
        initial=initial_request(outside),
        config=live_config(outside, outside.read_settings, polling.refit),
        read_only=outside.read_only,
    )
    raise click.exceptions.Exit(code)


def title_of(settings: Settings) -> str:
    """The workspaces' names, as the header shows them."""
    return ", ".join(source.name for source in settings.sources) or "imported"


def live_config(outside: Outside, read: Callable[[], Settings], refit: Refit) -> "Callable[[], LiveConfig]":
    """The configuration file, watched while the dashboard is open. What that takes is imported when it is called."""

    def make() -> "LiveConfig":
        from funnel_tui.config_watch import ConfigWatch
        from funnel_tui.tui.live_config import LiveConfig

        path = outside.config_file or paths.config_path()
        return LiveConfig(ConfigWatch(path, read, outside.settings), refit)

    return make


class _Polling:
    """Pollers for the settings that hold, and the tokens that commands gave while they could ask for a passphrase."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._tokens = {} if outside.read_only else _ask_commands(outside)

    def factory(self, settings: Settings, *, ask: bool) -> "PollerFactory | None":
        """What makes a poller; None where there is nothing to poll, or it is not ours to poll."""
        if not settings.sources or self._outside.read_only:
            return None
        outside = self._outside.having(settings)

        def make(hear: "Callable[[SyncUpdate], None]") -> "Poller":
            known = {
                source.name: self._tokens[source.token_command]
                for source in settings.sources
                if source.token_command in self._tokens
            }
            from funnel_tui.cli.polling import make_poller  # in the thread that polls

            return make_poller(outside, settings.sources, hear, tokens=known, ask=ask)

        return make

    def refit(self, settings: Settings, changed: tuple[str, ...]) -> "tuple[PollerFactory | None, str]":
        """For settings that changed while the dashboard is open. In a thread."""
        if (
            not settings.sources
            and not self._outside.read_only
            and {"timezone", "office_hours", "reopen_window_days"} & set(changed)
        ):
            # Nobody polls, and so nobody else would derive the cache anew.
            self._outside.having(settings).open_store().close()
        return self.factory(settings, ask=False), title_of(settings)


def need_terminal() -> None:
    """Raises UserError where there is no screen to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UserError("the dashboard needs a terminal; `funnel-tui report` prints the figures anywhere")
    if os.environ.get("TERM") == "dumb":
        raise UserError("the dashboard needs a terminal that can move the cursor; TERM is dumb")


def initial_request(outside: Outside) -> "ReportRequest | None":
    """Where the dashboard starts: at `--at` if it was given, else live."""
    if outside.at is None:
        return None
    from funnel_tui.metrics import ReportRequest

    return ReportRequest(at=outside.at)


def _ask_commands(outside: Outside) -> dict[tuple[str, ...] | None, str]:
    """The tokens that commands give, by command: it may ask for a passphrase, which needs the terminal to itself."""
    from funnel_tui.secrets import resolve_token

    return {
        source.token_command: resolve_token(source)
        for source in outside.settings.sources
        if source.token_command is not None
    }


def _first_run(outside: Outside) -> None:
    """A screen that offers the ways on, and then the one that was chosen."""
    from funnel_tui.tui import first_run

    context = click.get_current_context()
    match first_run(outside.config_file or paths.config_path()):
        case "demo":
            from funnel_tui.cli.demo import demo

            context.invoke(demo)
        case "init":
            from funnel_tui.cli.config import init

            context.invoke(init)
