"""How the team's times are spread: how many lie between round times, then and now, and how many within the target."""

from collections.abc import Sequence

from funnel_tui.metrics.group_tables import Windows, target_of
from funnel_tui.metrics.groups import Groups
from funnel_tui.metrics.statistics import p90
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import Bucket, Distribution, Filters
from funnel_tui.model.values import Quality, Unit
from funnel_tui.settings import Target
from funnel_tui.store.filters import Part
from funnel_tui.store.pooled import Pooled

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_RESPONSE = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 4 * _HOUR, _DAY, 3 * _DAY)
_CLOSE = (5 * _MINUTE, 15 * _MINUTE, _HOUR, 4 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY)
"""Times as people say them, in seconds."""

RESPONSE = "human.first_response.median"
CLOSE = "human.time_to_close.median"


def responses(tiles: Tiles, windows: Windows) -> tuple[Distribution, ...]:
    """First responses: of all, then of each channel of the view that has a target or any, the most first; none where
    the sources cannot tell."""
    if tiles.judge.worth(RESPONSE).quality is Quality.UNAVAILABLE:
        return ()
    found = [_of_all(tiles, windows, RESPONSE, "first_response", _RESPONSE)]
    seen = [(0, part.value) for part in windows.now.sums(["inbound"])["channel"]]
    chosen = {name.casefold() for name in windows.now.scope.filters.get("channel", tiles.settings.targets)}
    seen += [(0, name.casefold()) for name in tiles.settings.targets if name.casefold() in chosen]
    channels = []
    for channel in tiles.reader.values_of("channel", seen):
        target = target_of(tiles.settings.targets, channel)
        parts = [Part("channel", word) for _, word in channel.members]
        now = windows.now.values("first_response", parts)
        then = windows.then.values("first_response", parts) if windows.then is not None else None
        if target is not None or now:
            filters = (("channel", (channel.key,)),)
            channels.append(_spread(RESPONSE, channel.label, filters, _RESPONSE, now, then, target))
    return (*found, *sorted(channels, key=lambda one: (-one.n, one.label.casefold())))


def closes(tiles: Tiles, windows: Windows) -> Distribution:
    """Times to close, of all; without bars where the sources cannot tell."""
    if tiles.judge.worth(CLOSE).quality is Quality.UNAVAILABLE:
        return Distribution(CLOSE, "all", (), Unit.SECONDS, (), 0, None, None)
    return _of_all(tiles, windows, CLOSE, "time_to_close", _CLOSE)


def _of_all(tiles: Tiles, windows: Windows, metric: str, name: str, edges: Sequence[int]) -> Distribution:
    def values(groups: Groups) -> Pooled:
        return Pooled([tiles.reader.values(name, groups.scope).merged()])

    then = values(windows.then) if windows.then is not None else None
    return _spread(metric, "all", (), edges, values(windows.now), then, None)


def _spread(
    metric: str,
    label: str,
    filters: Filters,
    edges: Sequence[int],
    now: Pooled,
    then: Pooled | None,
    target: Target | None,
) -> Distribution:
    marks = sorted({0, *edges, *([target.within] if target is not None else [])})
    counts = _counts(now, marks)
    before = _counts(then, marks) if then is not None else [None] * len(marks)
    return Distribution(
        metric=metric,
        label=label,
        filters=filters,
        unit=Unit.SECONDS,
        buckets=tuple(
            Bucket(low, high, count, previous)
            for low, high, count, previous in zip(marks, [*marks[1:], None], counts, before, strict=True)
        ),
        n=len(now),
        median=now.median,
        p90=p90(now),
        target=target.within if target is not None else None,
        target_share=target.share if target is not None else None,
        within=now.at_most(target.within) / len(now) if target is not None and now else None,
    )


def _counts(values: Pooled, marks: Sequence[int]) -> list[int]:
    """How many lie at or above each mark and below the next."""
    under = [*(values.below(mark) for mark in marks[1:]), len(values)]
    return [high - low for low, high in zip([0, *under], under, strict=False)]
