"""The tables of teams, channels and teammates: how much each has, how fast and how well it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from funnel_tui.metrics.groups import GROUPS, Groups, Sums
from funnel_tui.metrics.listed import NO_TARGET, WITHIN_TARGET
from funnel_tui.metrics.measures import Measured, Measures
from funnel_tui.metrics.rankings import MOST, steps, values, why_not
from funnel_tui.metrics.recipes import RECIPES, share
from funnel_tui.metrics.tiles import Tiles, value_of
from funnel_tui.model.boards import Ranking, RankRow
from funnel_tui.model.values import Direction, MetricSpec, MetricValue, Unit
from funnel_tui.settings import Target
from funnel_tui.store.dimensions import Value
from funnel_tui.store.filters import Part

TARGET_MET = MetricSpec(
    WITHIN_TARGET,
    "Within target",
    Unit.RATIO,
    Direction.UP,
    "First responses of the period within the channel's own target / all of them.",
    "human",
)
"""A figure of single channels, which the catalogue does not have."""

METRICS = (
    "queue.waiting",
    "queue.open",
    "human.inbound",
    "human.first_response.median",
    "human.within_10m",
    "human.time_to_close.median",
    "human.resolved",
    "human.csat",
    "human.reopen_rate",
    "human.reassigned",
    "human.replies_per_close",
)
_TIMES = ("first_response", "time_to_close")
_SUMS = tuple(sorted({name for id in METRICS for name in RECIPES[id].needs}))


@dataclass(frozen=True, slots=True)
class Windows:
    """What the groups add up to in the period, and in the compared one if there is any."""

    now: Groups
    then: Groups | None

    @classmethod
    def of(cls, tiles: Tiles) -> "Windows":
        scope, window = tiles.measures.scope, tiles.comparable("human.inbound")
        now = Groups(tiles.reader, scope)
        if window is None:
            return cls(now, None)
        return cls(now, Groups(tiles.reader, replace(scope, start=window.start, end=window.end)))


def tables(tiles: Tiles, windows: Windows) -> dict[str, Ranking]:
    """A ranking for each of `GROUPS`, the most inbound first; its trend is inbound over the period."""
    reason = why_not(tiles, "human.inbound")
    if reason is not None:
        return {key: Ranking(key, reason=reason) for key in GROUPS}
    now = windows.now.sums(_SUMS)
    then = windows.then.sums(_SUMS) if windows.then is not None else {}
    trends = windows.now.counts("inbound", steps(tiles))
    return {key: _table(tiles, windows, key, now[key], then.get(key, {}), trends) for key in GROUPS}


def _table(
    tiles: Tiles, windows: Windows, key: str, now: Sums, then: Sums, trends: Mapping[Part, Sequence[float]]
) -> Ranking:
    values = tiles.reader.values_of(key, [(part.wid or 0, part.value) for part in now])
    parts = {value.key: _parts(key, value) for value in values}
    sums = {value.key: _added(now, parts[value.key]) for value in values}
    values.sort(key=lambda value: (-sums[value.key]["inbound"], value.label.casefold(), value.key))
    rows = []
    for value in values[:MOST]:
        mine = parts[value.key]
        here = _measures(tiles, windows.now, mine, sums[value.key])
        before = None if windows.then is None else _measures(tiles, windows.then, mine, _added(then, mine))
        metrics = _row(tiles, here, before)
        if key == "channel" and tiles.settings.targets:
            metrics[WITHIN_TARGET] = _target(tiles, windows, value, mine)
        courses = [trends[part] for part in mine if part in trends]
        trend = tuple(sum(step) for step in zip(*courses, strict=True)) if courses else ()
        rows.append(RankRow(value.key, value.label, metrics, trend or (0.0,) * len(steps(tiles))))
    return Ranking(key, tuple(rows), "human.inbound", len(values))


def _parts(key: str, value: Value) -> list[Part]:
    return [Part(key, id, wid or None) for wid, id in value.members]


def _added(sums: Sums, parts: Sequence[Part]) -> dict[str, float]:
    found = dict.fromkeys(_SUMS, 0.0)
    for part in parts:
        for name, amount in sums.get(part, {}).items():
            found[name] += amount
    return found


def _measures(tiles: Tiles, groups: Groups, parts: Sequence[Part], sums: Mapping[str, float]) -> Measures:
    found = tiles.measures.elsewhere(replace(groups.scope, part=parts[0]), sums)
    for name in _TIMES:
        found.know_values(name, groups.values(name, parts))
    return found


def _row(tiles: Tiles, now: Measures, then: Measures | None) -> dict[str, MetricValue]:
    return values(tiles, now, then, METRICS)


def _target(tiles: Tiles, windows: Windows, value: Value, parts: Sequence[Part]) -> MetricValue:
    target = target_of(tiles.settings.targets, value)
    worth = tiles.judge.worth("human.within_10m")
    if target is None:
        return value_of(TARGET_MET, Measured(None, missing=NO_TARGET), None, worth)

    def met(groups: Groups) -> Measured:
        times = groups.values("first_response", parts)
        return share(times.at_most(target.within), len(times))

    found = value_of(TARGET_MET, met(windows.now), met(windows.then) if windows.then else None, worth)
    return tiles.as_read(found)


def target_of(targets: Mapping[str, Target], channel: Value) -> Target | None:
    """The target of a channel, whatever its case."""
    return next((target for name, target in targets.items() if name.casefold() == channel.key.casefold()), None)
