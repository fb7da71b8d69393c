"""The board of where figures come from: how fresh each source is, what of it can be read, what each metric is worth."""

from collections.abc import Iterator
from dataclasses import replace

from funnel_tui.metrics.freshness import current_freshness
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import MetricQuality, SourceRow, SourcesBoard, StreamRow
from funnel_tui.model.values import Freshness, MetricValue


def sources_board(tiles: Tiles, now: int) -> SourcesBoard:
    """Under a filter on sources alone: what the others make of a metric is no news of where it comes from."""
    request = tiles.request
    source = {key: values for key, values in request.filters.items() if key == "source"}
    tiles = Tiles(tiles.reader, tiles.settings, replace(request, filters=source), tiles.span)
    metrics = tiles.values(compare=False)
    return SourcesBoard(tuple(_sources(tiles, now)), tuple(_quality(tiles, metric) for metric in metrics.values()))


def _sources(tiles: Tiles, now: int) -> Iterator[SourceRow]:
    """All that are polled, then workspaces without a source of their own, which never go stale: files."""
    reader = tiles.reader
    known = {fresh.name: fresh for fresh in current_freshness(reader, tiles.settings, now)}
    for name, kind in reader.kinds().items():
        known.setdefault(name, Freshness(name, kind, None, "ok" if kind == "import" else "never"))
    counts, newest = reader.conversations(), reader.newest()
    for name, fresh in known.items():
        last, success = newest.get(name), fresh.last_success
        lag = None if last is None or success is None else max(0, success - last)
        yield SourceRow(fresh, counts.get(name, 0), tuple(_streams(tiles, name)), fresh.head_room, lag)


def _streams(tiles: Tiles, source: str) -> Iterator[StreamRow]:
    """Those that were read or refused, and those that some figure stands on and nobody has read yet."""
    told = {stream: found for (name, stream), found in tiles.reader.stream_status().items() if name == source}
    needed = tiles.reader.abilities().get(source)
    for stream in dict.fromkeys((*told, *(needed.feeds if needed else ()), *(needed.without if needed else ()))):
        state, reason = told.get(stream, ("never", None))
        yield StreamRow(stream, state, reason)


def _quality(tiles: Tiles, metric: MetricValue) -> MetricQuality:
    spec = metric.spec
    each = tiles.judge.by_source(spec.id)
    return MetricQuality(
        spec.id,
        spec.label,
        spec.layer,
        metric.quality.value,
        metric.reason,
        tuple((name, worth.quality.value, worth.reason) for name, worth in each.items()),
    )
