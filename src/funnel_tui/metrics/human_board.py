"""The board of the team: its queue, who is on duty, how each group does and how fast, and what customers say."""

from funnel_tui.metrics import drill, duty, heat
from funnel_tui.metrics.distributions import closes, responses
from funnel_tui.metrics.group_tables import Windows, tables
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.model.boards import HumanBoard, Items, Place, RatingRow, TeammateRow
from funnel_tui.model.values import Quality

MOST_OPEN = 2000
MOST_RATINGS = 500


def human_board(tiles: Tiles, now: int) -> HumanBoard:
    windows = Windows.of(tiles)
    mates, why = _duty(tiles, windows)
    return HumanBoard(
        queue=_queue(tiles),
        groups=tables(tiles, windows),
        duty=mates,
        duty_reason=why,
        response=responses(tiles, windows),
        close=closes(tiles, windows),
        ratings=_ratings(tiles),
        arrivals=heat.counted(tiles, "human.inbound", "inbound"),
        waits=heat.middle(tiles, "human.response.median", "response"),
    )


def _queue(tiles: Tiles) -> Items:
    reader, scope = tiles.reader, tiles.measures.scope
    place, total = Place("queue.open"), tiles.values(["queue.open"])["queue.open"]
    if total.quality is Quality.UNAVAILABLE:
        return Items(place, (), 0, total.reason)
    eids = reader.waiting_first(scope, MOST_OPEN)
    details = reader.details(sorted(eids))
    rows = []
    for eid in eids:
        since = details[eid].waiting_since
        rows.append(drill.conversation_row(details[eid], scope.as_of, None if since is None else scope.as_of - since))
    return Items(place, tuple(rows), int(total.value or 0))


def _duty(tiles: Tiles, windows: Windows) -> tuple[tuple[TeammateRow, ...], str | None]:
    on_duty = tiles.values(["queue.on_duty"])["queue.on_duty"]
    if on_duty.quality is Quality.UNAVAILABLE:
        return (), on_duty.reason
    return tuple(duty.teammates(tiles.reader, tiles.measures.scope, windows.now)), on_duty.reason


def _ratings(tiles: Tiles) -> tuple[RatingRow, ...]:
    """The latest ratings of the period with what was said with them."""
    reader, scope = tiles.reader, tiles.measures.scope
    if tiles.judge.worth("human.csat").quality is Quality.UNAVAILABLE:
        return ()
    rated = [(each, each.at) for each in reader.drill("rated", scope, MOST_RATINGS) if each.at is not None]
    details = reader.details(sorted(each.eid for each, _ in rated))
    remarks = reader.remarks((each.cid, at) for each, at in rated)
    found = []
    for each, at in rated:
        score = details[each.eid].rating
        if score is not None:
            row = drill.conversation_row(details[each.eid], scope.as_of, None)
            found.append(RatingRow(row, at, score, remarks.get((each.cid, at))))
    return tuple(found)
