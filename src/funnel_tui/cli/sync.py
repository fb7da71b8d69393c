"""`funnel-tui sync` and `record`: keep the cache in step without a screen."""

import asyncio
import signal
import threading
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import click

from funnel_tui import paths
from funnel_tui.cli.outside import Outside, narrates, pass_outside, say
from funnel_tui.cli.polling import make_poller, open_sources
from funnel_tui.config_watch import EVERY, POLLING, ConfigWatch, Refused
from funnel_tui.errors import ConfigError, UserError
from funnel_tui.settings import SourceSettings

if TYPE_CHECKING:
    from funnel_tui.sync import SourceSummary, SyncUpdate

SWAP_LOOKS = 100
"""Tenths of a second that a poller has to give back the cache before another one takes over."""
STOP_WITHIN = 2.0
"""Seconds that a poller has to end; its writes are transactions, so nothing is lost where it takes longer."""


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


def _changed(outside: Outside, watch: ConfigWatch) -> Outside | None:
    """What holds after a change of the configuration, if another one does. Says what came of it."""
    change = watch.look()
    if isinstance(change, Refused):
        say(f"configuration not taken up: {change.message}")
    elif change is not None and not change.settings.sources:
        say("configuration not taken up: it has no [[sources]]; the old ones are polled on")
    elif change is not None and change.changed:
        say(f"configuration taken up: {', '.join(change.changed)}")
        if set(change.changed) & set(POLLING):
            return outside.having(change.settings)
    return None


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

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    states: dict[str, tuple[str, str | None]] = {}

    def hear(update: "SyncUpdate") -> None:
        fresh = update.freshness
        state = (fresh.state, fresh.message)
        if state != ("never", None) and states.get(update.source) != state:  # a beginning is no news
            states[update.source] = state
            say(f"{update.source}: {fresh.state}" + (f": {fresh.message}" if fresh.message else ""))

    # What whoever started us ignores (nohup, a shell's background job) stays ignored.
    handled = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, end) for number in handled}
    try:
        poller = make_poller(outside, chosen, hear)
        poller.start()
        watch = ConfigWatch(outside.config_file or paths.config_path(), outside.read_settings, outside.settings)
        while poller.is_alive() and not stop.wait(EVERY):
            changed = _changed(outside, watch) if follow else None
            if changed is None:
                continue
            try:
                another = make_poller(changed, changed.settings.sources, hear, ask=False)
            except UserError as error:
                say(f"the old sources are polled on: {error}")
                continue
            poller.stop()
            for _ in range(SWAP_LOOKS):
                if not poller.is_alive() or stop.wait(0.1):
                    break
            poller = another
            poller.start()
        poller.stop()
        poller.join(STOP_WITHIN)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if not stop.is_set():
        raise click.ClickException("the poller ended by itself; see the messages above")
