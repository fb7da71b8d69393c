"""`funnel-tui dash`: the dashboard on the configured sources."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from funnel_tui import paths
from funnel_tui.cli.outside import Outside, pass_outside
from funnel_tui.cli.polling import make_poller
from funnel_tui.errors import UserError

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest
    from funnel_tui.sync import Poller, SyncUpdate


@click.command(epilog="Example: funnel-tui dash")
@pass_outside
def dash(outside: Outside) -> None:
    """Open the dashboard on the configured sources. Without a command, this is what opens."""
    settings = outside.settings
    need_terminal()
    if not settings.sources and not outside.cache.exists():
        _first_run(outside)
        return
    tokens = _ask_commands(outside)
    if not outside.cache.exists():
        outside.open_store().close()  # so that the screen opens on an empty cache and not on a complaint

    def poller(hear: "Callable[[SyncUpdate], None]") -> "Poller":
        return make_poller(outside, settings.sources, hear, tokens=tokens, read_only=False)

    from funnel_tui.tui import launch

    code = launch(
        settings=settings,
        cache=outside.cache,
        clock=outside.clock,
        poller_factory=poller if settings.sources else None,
        title=", ".join(source.name for source in settings.sources) or "imported",
        initial=initial_request(outside),
    )
    raise click.exceptions.Exit(code)


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


def _ask_commands(outside: Outside) -> dict[str, str]:
    """The tokens that a command gives, by source: it may ask for a passphrase, which needs the terminal to itself."""
    from funnel_tui.secrets import resolve_token

    return {
        source.name: resolve_token(source) for source in outside.settings.sources if source.token_command is not None
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
