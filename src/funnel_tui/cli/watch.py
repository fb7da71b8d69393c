"""`funnel-tui watch`: what happens, as plain lines that are only ever added to: for a screen reader, a log, a pipe."""

import errno
import re
import select
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from funnel_tui.cli.following import Following, until_told
from funnel_tui.cli.options import filter_option, period_option, unmatched
from funnel_tui.cli.outside import Outside, pass_outside, warn
from funnel_tui.config_watch import EVERY
from funnel_tui.errors import ConfigError, UserError
from funnel_tui.settings import Settings

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest
    from funnel_tui.model.values import Freshness, Report
    from funnel_tui.reports.worth_hearing import Concern, Late
    from funnel_tui.store import Reader
    from funnel_tui.sync import SyncUpdate

LEAST = 5.0
"""Seconds between two looks at the cache, however much comes."""
MOST = 30.0
"""Seconds after which there is a look although nothing came: waits grow by themselves."""
_SIZES = {"s": 1, "": 60, "m": 60, "h": 3600}


class IntervalType(click.ParamType[int]):
    """`90s`, `15m`, `2h`; a number alone is minutes. Gives seconds."""

    name = "interval"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d{1,6})\s*([smh]?)", str(value).strip())
        if match is None:
            self.fail(f"{value!r} is no interval: 90s, 15m or 2h; 0 for none", param, ctx)
        seconds = int(match[1]) * _SIZES[match[2]]
        if 0 < seconds < 10:
            self.fail(f"{value!r} is too short: 10s or more; 0 for none", param, ctx)
        return seconds


@click.command(epilog="Example: funnel-tui watch --every 30m --filter team=billing")
@period_option()
@click.option("--compare", type=click.Choice(["previous", "year", "none"]), default="previous", show_default=True)
@filter_option
@click.option(
    "--every",
    type=IntervalType(),
    default="15m",
    show_default=True,
    metavar="TIME",
    help="A summary so often; 0: none.",
)
@click.option("--once", is_flag=True, help="Say how the cache stands, and stop. Polls nothing.")
@pass_outside
def watch(
    outside: Outside, period: str, compare: str, filters: dict[str, tuple[str, ...]], every: int, once: bool
) -> None:
    """Tell in plain sentences how things stand, and from then on what changes, each line with its time.

    No colours, no drawing, no cursor movement. Polls the sources as `record` does, until Ctrl+C.
    """
    from funnel_tui.metrics import ReportRequest

    request = ReportRequest(period=period, compare=compare, at=outside.at, filters=filters)
    if once or outside.at is not None:
        with outside.reader() as reader:
            for sentence in unmatched(reader, filters):
                warn(sentence)
            Teller(Listener(outside.settings, request)).begin(reader, outside.clock())
        return
    _need_something_to_read(outside)
    _run(outside, request, every)


def _need_something_to_read(outside: Outside) -> None:
    if outside.cache.exists():
        return
    if outside.read_only:
        raise UserError(f"--read-only: no cache at {outside.cache} yet; `funnel-tui`, `record` or `sync` fills one")
    if not outside.settings.sources:
        raise ConfigError(
            "no [[sources]] are configured; `funnel-tui config init` writes an example", file=outside.settings.path
        )
    outside.open_store().close()


class Listener:
    """Looks at a cache and says what is worth hearing since it looked last."""

    def __init__(self, settings: Settings, request: "ReportRequest") -> None:
        from funnel_tui.reports.worth_hearing import Memory

        self.settings = settings
        self.request = request
        self.told: dict[str, Freshness] = {}
        """What the poller says of sources, which the cache may not know: a credential that is missing, for one."""
        self._memory = Memory()
        self._empty = False

    def begin(self, reader: "Reader", now: int) -> list[str]:
        """The short summary of everything, and what is pressing."""
        report = self._report(reader, now)
        self._empty = _unread(report)
        return [*self._beginning(report), *self._listen(self._concerns(reader, report, now), report.period.as_of)]

    def look(self, reader: "Reader", now: int) -> list[str]:
        report = self._report(reader, now)
        said = self._listen(self._concerns(reader, report, now), now)
        if self._empty and not _unread(report):
            self._empty = False
            said += self._beginning(report)
        return said

    def summary(self, reader: "Reader", now: int) -> str:
        from funnel_tui.reports.spoken import summary

        return summary(self._report(reader, now))

    def unreadable(self, error: UserError, now: int) -> list[str]:
        """The cache cannot be read: said once, as is that it can again."""
        from funnel_tui.reports.worth_hearing import Concern, Level

        return self._listen([Concern("cache", Level.ON, f"The cache cannot be read: {error}.", "")], now)

    def _beginning(self, report: "Report") -> list[str]:
        from funnel_tui.reports.spoken import beginning

        names = ", ".join(source.name for source in self.settings.sources) or "imported"
        return beginning(report, names, self.settings.savings.currency)

    def _listen(self, concerns: "Sequence[Concern]", at: int) -> list[str]:
        from funnel_tui.reports.worth_hearing import listen

        self._memory, said = listen(self._memory, concerns, at)
        return list(said)

    def _concerns(self, reader: "Reader", report: "Report", now: int) -> "list[Concern]":
        from funnel_tui.reports.worth_hearing import Concern, Level, concerns

        readable = Concern("cache", Level.OFF, "", "The cache is read again.", calm=0)
        return [readable, *concerns(report, self._late(reader, now), self._memory)]

    def _report(self, reader: "Reader", now: int) -> "Report":
        from funnel_tui.metrics import build_report

        report = build_report(reader, self.settings, self.request, now)
        return replace(report, freshness=self._freshness(report.freshness))

    def _freshness(self, known: "tuple[Freshness, ...]") -> "tuple[Freshness, ...]":
        """Of the configured sources: as the cache has them, but a failure as the poller tells it."""
        from funnel_tui.model.values import Freshness

        kinds = {source.name: source.kind for source in self.settings.sources}
        found = {name: Freshness(name, kind, None, "never") for name, kind in kinds.items()}
        found |= {fresh.name: fresh for fresh in known if not kinds or fresh.name in kinds}
        for name, told in dict(self.told).items():
            cached = found.get(name)
            if cached is None:
                continue  # taken out of the configuration
            if told.state == "failed":
                found[name] = replace(cached, state="failed", message=told.message)
            elif cached.last_success is None:
                found[name] = told
        return tuple(found.values())

    def _late(self, reader: "Reader", now: int) -> "list[Late]":
        """The oldest wait of each channel that has a target, among those that the filters leave."""
        from funnel_tui.metrics import measure_only
        from funnel_tui.reports.worth_hearing import Late

        asked = {value.casefold() for value in self.request.filters.get("channel", ())}
        found = []
        for channel, target in self.settings.targets.items():
            if asked and channel.casefold() not in asked:
                continue
            filters = {**self.request.filters, "channel": (channel,)}
            request = replace(self.request, period="today", compare="none", filters=filters)
            oldest = measure_only(reader, self.settings, request, ["queue.oldest_wait"], now)["queue.oldest_wait"]
            found.append(Late(channel, target.within, oldest.value))
        return found


def _unread(report: "Report") -> bool:
    return any(fresh.last_success is None for fresh in report.freshness)


class Teller:
    """Puts sentences on stdout, each with its time, and the day where it has turned."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._day = ""

    def begin(self, reader: "Reader", now: int) -> None:
        at = self.listener.request.at
        self.tell(self.listener.begin(reader, now), now if at is None else at)

    def tell(self, sentences: Sequence[str], at: int) -> None:
        """Raises BrokenPipeError where nobody reads any more."""
        from funnel_tui.reports.spoken import clock, day

        zone = self.listener.settings.zone
        today = day(at, zone)
        if sentences and today != self._day:
            self._day = today
            sentences = [f"{today}.", *sentences]
        try:
            for sentence in sentences:
                click.echo(f"{clock(at, zone)} {sentence}")
        except OSError as error:
            if error.errno == errno.EIO:  # a terminal that was closed
                raise BrokenPipeError from error
            raise


def _run(outside: Outside, request: "ReportRequest", every: int) -> None:
    """Poll, look and tell until a signal says to end, or nobody reads what is told."""
    from funnel_tui.store import Reader

    listener = Listener(outside.settings, request)
    teller = Teller(listener)
    stop, news = threading.Event(), threading.Event()

    def hear(update: "SyncUpdate") -> None:
        listener.told[update.source] = update.freshness
        news.set()

    with until_told(stop):
        reader = Reader.open(outside.cache, read_only=outside.read_only)
        following = None
        try:
            for sentence in unmatched(reader, request.filters):
                warn(sentence)
            if outside.settings.sources and not outside.read_only:
                following = Following(outside, outside.settings.sources, hear, stop)
            teller.begin(reader, outside.clock())
            if following is not None:
                following.start()
            rhythm = _Rhythm(every, reader.changes())
            while not stop.wait(EVERY):
                if _nobody_reads():
                    raise BrokenPipeError
                if following is not None:
                    listener.settings = following.look() or listener.settings
                    if not following.alive and not stop.is_set():
                        raise click.ClickException("the poller ended by itself; see the messages above")
                if reader.overtaken():
                    reader.close()
                    reader = Reader.open(outside.cache, read_only=outside.read_only)
                _turn(teller, reader, rhythm, news, outside.clock())
        finally:
            if following is not None:
                following.close()
            reader.close()


def _turn(teller: Teller, reader: "Reader", rhythm: "_Rhythm", news: threading.Event, now: int) -> None:
    """One look, if it is time for one, and the summary, if that is due."""
    try:
        if rhythm.look(reader.changes(), news.is_set()):
            news.clear()
            teller.tell(teller.listener.look(reader, now), now)
        if rhythm.summary():
            teller.tell([teller.listener.summary(reader, now)], now)
    except UserError as error:
        teller.tell(teller.listener.unreadable(error, now), now)


class _Rhythm:
    """When to look and when to sum up; seconds that only go forward."""

    def __init__(self, every: int, changes: int) -> None:
        self._every = every
        self._changes = changes
        self._looked = self._summed = time.monotonic()

    def look(self, changes: int, news: bool) -> bool:
        past = time.monotonic() - self._looked
        due = past >= MOST or (past >= LEAST and (news or changes != self._changes))
        if due:
            self._looked, self._changes = time.monotonic(), changes
        return due

    def summary(self) -> bool:
        due = bool(self._every) and time.monotonic() - self._summed >= self._every
        if due:
            self._summed = time.monotonic()
        return due


def _nobody_reads() -> bool:
    """Whether the other end of stdout is closed: there may be nothing to write for a quarter of an hour."""
    try:
        ends = select.poll()
        ends.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):
        return False
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in ends.poll(0))
