"""`funnel-tui doctor`: what stands between you and your figures, and the mend for each."""

import asyncio
import os
import stat
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from funnel_tui.cli.outside import Outside, counted, pass_outside
from funnel_tui.errors import ConfigError
from funnel_tui.settings import Settings, SourceSettings

if TYPE_CHECKING:
    from funnel_tui.model.abilities import Abilities
    from funnel_tui.sources import Source

PATIENCE = 20.0
"""Seconds for one source to answer."""
QUICKLY_CHECKED = 20_000
"""Conversations up to which the sums are compared with the facts unasked."""
SKEW = 30
"""Seconds between the clocks from which on it is worth saying."""
ATTEMPTS = 2
"""At a call: whoever asks for an examination waits for it, and may ask again."""


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `good` is None for what is worth knowing but no fault."""

    good: bool | None
    what: str
    says: str


@click.command(epilog="Example: funnel-tui doctor --rebuild")
@click.option("--rebuild", is_flag=True, help="First derive all facts and sums in the cache anew.")
@click.option("--deep", is_flag=True, help="Compare the sums with the facts whatever the size of the cache.")
@pass_outside
def doctor(outside: Outside, rebuild: bool, deep: bool) -> None:
    """Check configuration, credentials, connections, cache and terminal. Exit code 1 if anything is wrong."""
    if rebuild and outside.cache.exists():
        store = outside.open_store()
        store.rebuild()
        store.close()
    wrong = 0
    for finding in examine(outside, deep=deep):
        mark = {True: "ok  ", False: "FAIL", None: "note"}[finding.good]
        click.echo(f"{mark}  {finding.what}: {finding.says}")
        wrong += finding.good is False
    if wrong:
        raise click.exceptions.Exit(1)


def examine(outside: Outside, *, deep: bool = False) -> Iterator[Finding]:
    try:
        settings = outside.settings
    except ConfigError as error:
        yield Finding(False, "config", str(error))
        return
    if settings.path is None:
        yield Finding(None, "config", "no file yet; `funnel-tui config init` writes one to start from")
    else:
        yield Finding(True, "config", f"{settings.path}, {counted(len(settings.sources), 'source')}")
        if any(source.token for source in settings.sources) and settings.path.stat().st_mode & 0o077:
            yield Finding(False, "config", f"holds a token and others can read it; chmod 600 {settings.path}")
    yield Finding(True, "time zone", settings.zone.key)
    yield from _sources(settings.sources)
    yield from _cache(outside, settings, deep)
    yield _terminal(outside)


def _sources(sources: Sequence[SourceSettings]) -> Iterator[Finding]:
    """All are asked at once, and told in turn. Not so the credentials: one may be asked for on the screen."""
    from funnel_tui.secrets import resolve_token

    found: dict[str, Finding] = {}
    tokens: dict[str, str] = {}
    for source in sources:
        what = f"{source.name}: credential"
        try:
            tokens[source.name] = resolve_token(source)
        except ConfigError as error:
            found[source.name] = Finding(False, what, _bare(str(error), source.name))
        else:
            found[source.name] = Finding(True, what, "found")

    async def connections() -> list[list[Finding]]:
        calls = (_connection(source, tokens[source.name]) for source in sources if source.name in tokens)
        return await asyncio.gather(*calls)

    connected = dict(zip(tokens, asyncio.run(connections()), strict=True))
    for source in sources:
        yield found[source.name]
        yield from connected.get(source.name, ())


async def _connection(settings: SourceSettings, token: str) -> list[Finding]:
    """Who answers, how its clock stands, and what the token may read."""
    from funnel_tui.sources import SourceError, open_source
    from funnel_tui.sources.base import HttpSource

    what = f"{settings.name}: connection"
    try:
        source = open_source(settings, token)
    except SourceError as error:
        return [Finding(False, what, _bare(str(error), settings.name))]
    if isinstance(source, HttpSource):
        source.http.attempts = ATTEMPTS
    found: list[Finding] = []
    try:
        async with asyncio.timeout(PATIENCE):
            identity = await source.identify()
            version = identity.api_version and f"version {identity.api_version}"
            parts = (identity.name or identity.workspace, identity.region, version)
            found.append(Finding(True, what, ", ".join(part for part in parts if part) or "answers"))
            if source.clock_skew is not None and abs(source.clock_skew) > SKEW:
                way = "behind" if source.clock_skew > 0 else "ahead of"
                off = f"{abs(source.clock_skew):.0f} s {way} the server's"
                says = f"this machine's clock is {off}; let the system set it by the network (NTP)"
                found.append(Finding(False, f"{settings.name}: clock", says))
            refused: dict[str, str] = {}
            for stream in source.streams():
                try:
                    await source.probe(stream.name)
                except SourceError as error:
                    refused[stream.name] = str(error)
                    good = False if stream.essential else None
                    says = _bare(str(error), settings.name, stream.name)
                    found.append(Finding(good, f"{settings.name}: {stream.name}", says))
                else:
                    found.append(Finding(True, f"{settings.name}: {stream.name}", "readable"))
            if source.head_room is not None:
                found.append(Finding(True, f"{settings.name}: rate limit", str(source.head_room)))
            found = _with_remarks(found, await _remarks(source, settings.name, refused.values()))
            found += _metrics(settings.name, source.abilities, refused)
    except TimeoutError:
        found.append(Finding(False, what, f"no answer within {PATIENCE:.0f} s; check the network and base_url"))
    except SourceError as error:
        found.append(Finding(False, what, _bare(str(error), settings.name)))
    finally:
        await source.close()
    return found


async def _remarks(source: "Source", name: str, refused: Collection[str]) -> list[Finding]:
    """What the source has to say of itself, or why it cannot, unless a stream was refused in the same words."""
    from funnel_tui.sources import SourceError

    try:
        remarks = await source.examine()
    except SourceError as error:
        if any(error.lasting in line for line in refused):
            return []
        return [Finding(False, f"{name}: rights", _bare(str(error), name))]
    return [Finding(told.good, f"{name}: {told.what}", _bare(told.says, name, told.what)) for told in remarks]


def _with_remarks(found: Sequence[Finding], remarks: Sequence[Finding]) -> list[Finding]:
    """Everything once: a remark on a stream says more than that it can be read, and the same fault is one fault."""
    about = {told.what: told for told in remarks}
    kept = [told for told in found if told.what not in about or (not told.good and about[told.what].good)]
    said = {told.says for told in kept if told.good is False}
    return kept + [told for told in remarks if told.says not in said]


def _bare(says: str, *places: str) -> str:
    """What an error says, without the places that its line names already."""
    for place in places:
        says = says.removeprefix(f"{place}: ")
    return says


def _metrics(name: str, abilities: "Abilities", refused: Mapping[str, str]) -> Iterator[Finding]:
    """What the source's metrics will be worth, those with the same reason in one line."""
    from funnel_tui.metrics import CATALOGUE
    from funnel_tui.metrics.quality import worth_of

    streams = {stream: ("refused", reason) for stream, reason in refused.items()}
    ids: dict[tuple[str, str | None], list[str]] = {}
    told = [metric for metric in CATALOGUE if abilities.concerned(metric) and not metric.startswith("savings.")]
    for metric in told:
        worth = worth_of(abilities, metric, streams, name)
        ids.setdefault((worth.quality.value, worth.reason), []).append(metric)
    exact = ids.pop(("exact", None), [])
    yield Finding(True, f"{name}: metrics", f"{len(exact)} of {len(exact) + sum(map(len, ids.values()))} are exact")
    for (quality, reason), metrics in sorted(ids.items(), key=lambda item: item[0][0]):
        yield Finding(None, f"{name}: {quality}", f"{', '.join(brief(metrics, told))}: {reason}")


def brief(metrics: Sequence[str], known: Collection[str]) -> list[str]:
    """Ids, with `area.*` or `area.word*` for three and more where all that are known and begin so are among them."""
    left, said = list(metrics), []
    while left:
        for beginning in (left[0].partition(".")[0] + ".", left[0].partition("_")[0]):
            alike = {metric for metric in known if metric.startswith(beginning)}
            if len(alike) > 2 and alike <= set(metrics):
                said.append(f"{beginning}*")
                left = [metric for metric in left if metric not in alike]
                break
        else:
            said.append(left.pop(0))
    return said


def _cache(outside: Outside, settings: Settings, deep: bool) -> Iterator[Finding]:
    from funnel_tui.charts.format import format_duration
    from funnel_tui.store import CacheError

    path = outside.cache
    if not path.exists():
        yield Finding(None, "cache", f"none at {path} yet; `funnel-tui sync --once` fills it")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Finding(False, "cache", f"others can read it; chmod 600 {path}")
    try:
        with outside.reader() as reader:
            damage = reader.check()
            freshness = () if damage else reader.freshness()
            small = not damage and reader.size() <= QUICKLY_CHECKED
            disagreements = reader.check_ledger() if small or (deep and not damage) else None
    except CacheError as error:
        damage = str(error)
    if damage:
        yield Finding(False, "cache", damage)
        return
    yield Finding(True, "cache", f"{path}, {path.stat().st_size / 1e6:,.1f} MB")
    if disagreements is None:
        yield Finding(None, "sums", "not compared with the facts, as it takes minutes: `funnel-tui doctor --deep`")
    elif disagreements:
        more = f" and {len(disagreements) - 1:,} more" if len(disagreements) > 1 else ""
        says = f"{disagreements[0]}{more}; `funnel-tui doctor --rebuild` makes the sums anew from the facts"
        yield Finding(False, "sums", says)
    else:
        yield Finding(True, "sums", "the ledger agrees with the facts")
    names = {source.name for source in settings.sources}
    for fresh in freshness:
        if fresh.name in names:
            age = None if fresh.last_success is None else outside.clock() - fresh.last_success
            says = fresh.state if age is None else f"{fresh.state}, read {format_duration(max(0, age))} ago"
            message = f"; {fresh.message}" if fresh.message else ""
            yield Finding(fresh.state in ("ok", "partial"), f"{fresh.name}: data", f"{says}{message}")


def _terminal(outside: Outside) -> Finding:
    if not sys.stdout.isatty():
        return Finding(None, "terminal", "stdout is not one")
    size = os.get_terminal_size(sys.stdout.fileno())
    says = f"{os.environ.get('TERM', 'TERM is not set')}, {size.columns}x{size.lines}, colours: {outside.depth}"
    if size.columns < 80 or size.lines < 24:
        return Finding(False, "terminal", f"{says}; the dashboard needs 80x24")
    return Finding(True, "terminal", says)
