"""`funnel-tui sync` and `record`: keep the cache in step without a screen."""

import asyncio
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from funnel_tui.cli.following import Following, until_told
from funnel_tui.cli.outside import Outside, narrates, pass_outside, say
from funnel_tui.cli.polling import open_sources
from funnel_tui.config_watch import EVERY
from funnel_tui.errors import ConfigError
from funnel_tui.settings import SourceSettings

if TYPE_CHECKING:
    from funnel_tui.sync import SourceSummary, SyncUpdate


@click.command(epilog="Example: funnel-tui sync --once --source acme")
@click.option("--once", is_flag=True, help="Catch up, say what came, and stop.")
@click.option("--full", is_flag=True, help="With --once: read everything again and find deletions.")
@click.option("--source", "names", multiple=True, metavar="NAME", help="Only this source; repeatable.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="With --once: how long to wait for exports, and for another funnel-tui that is polling.",
)
@pass_outside
def sync(outside: Outside, once: bool, full: bool, names: tuple[str, ...], wait: float) -> None:
    """Poll the sources. Exit code 1 if any source failed, 2 for a configuration that cannot be used."""
    if full and not once:
        raise click.UsageError("--full goes with --once")
    chosen = _chosen(outside, names)
    if once:
        raise click.exceptions.Exit(_once(outside, chosen, full, wait))
    _for_ever(outside, chosen)


@click.command(epilog="Example: systemd-run --user funnel-tui record")
@pass_outside
def record(outside: Outside) -> None:
    """Poll the sources until SIGTERM or Ctrl+C: for systemd or tmux."""
    if outside.settings.alerts:
        say("warning: this version does not evaluate [[alerts]] yet; it only records")
    _for_ever(outside, _chosen(outside, ()), follow=True)


def _chosen(outside: Outside, names: tuple[str, ...]) -> list[SourceSettings]:
    sources = outside.settings.sources
    if not sources:
        raise ConfigError(
            "no [[sources]] are configured; `funnel-tui config init` writes an example", file=outside.settings.path
        )
    known = [source.name for source in sources]
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r} is none of {', '.join(known)}", param_hint="--source")
    return [source for source in sources if not names or source.name in names]


def _once(outside: Outside, chosen: Sequence[SourceSettings], full: bool, wait: float) -> int:
    from funnel_tui.sync import sync_once

    sources, failed = open_sources(chosen)
    for name, message in failed.items():
        click.echo(f"{name}: failed")
        say(message)
    if not sources:
        return ConfigError.exit_code
    progress = _Progress()
    store = outside.open_store()

    async def caught_up() -> "list[SourceSummary]":
        try:
            return await sync_once(store, sources, clock=outside.clock, full=full, wait=wait, on_update=progress.hear)
        finally:
            for source in sources:
                await source.close()

    try:
        summaries = asyncio.run(caught_up())
    finally:
        progress.end()
        store.close()
    for summary in summaries:
        _tell(summary)
    return 1 if failed or not all(summary.ok for summary in summaries) else 0


def _tell(summary: "SourceSummary") -> None:
    """The summary on stdout; what its reader should act on, on stderr."""
    click.echo(
        f"{summary.name}: {summary.state}, {summary.conversations:,} conversations read, "
        f"{summary.rows_changed:,} rows changed, {summary.requests:,} requests"
    )
    for warning in summary.warnings:
        if warning != summary.error:
            say(f"warning: {warning}")
    if summary.error:
        say(summary.error)


class _Progress:
    """One line on a terminal that is written over; silence elsewhere."""

    def __init__(self) -> None:
        self.shown = narrates()
        self.rows = 0

    def hear(self, update: "SyncUpdate") -> None:
        self.rows += update.rows_changed
        if self.shown:
            part = update.freshness.progress
            history = "" if part is None else f", history {part:.0%}"
            click.echo(f"\r\x1b[K{update.source}: {self.rows:,} rows{history}", err=True, nl=False)

    def end(self) -> None:
        if self.shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _for_ever(outside: Outside, chosen: Sequence[SourceSettings], *, follow: bool = False) -> None:
    """Poll until SIGTERM, SIGHUP or SIGINT. States are told when they change, not at every poll.

    With `follow`, a change of the configuration is taken up by another poller.
    """
    stop = threading.Event()
    states: dict[str, tuple[str, str | None]] = {}

    def hear(update: "SyncUpdate") -> None:
        fresh = update.freshness
        state = (fresh.state, fresh.message)
        if state != ("never", None) and states.get(update.source) != state:  # a beginning is no news
            states[update.source] = state
            say(f"{update.source}: {fresh.state}" + (f": {fresh.message}" if fresh.message else ""))

    with until_told(stop):
        following = Following(outside, chosen, hear, stop)
        following.start()
        try:
            while following.alive and not stop.wait(EVERY):
                if follow:
                    following.look()
        finally:
            following.close()
    if not stop.is_set():
        raise click.ClickException("the poller ended by itself; see the messages above")
