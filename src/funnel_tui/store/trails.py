"""What a person did before and after: the facts of episodes and article views that follow from each other.

Of each episode the first article view in the 24 h before it; of each view whether an episode followed within 24 h; of
both the moment before at which the same person sought support, so that distinct people of any window can be counted: a
row is its person's first in the window when that moment lies before it.
"""

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

DAY = 86_400

EpisodeTrail = tuple[int | None, int | None]
"""(first_view, prev_seek)"""
ViewTrail = tuple[int, int | None, int | None, int | None, int | None]
"""(followed, prev_seek, prev_view, prev_followed, silent_until)"""


@dataclass(slots=True)
class Changes:
    """Rows whose trail is another than the stored one."""

    episodes: dict[int, EpisodeTrail] = field(default_factory=dict)
    cids: set[int] = field(default_factory=set)
    views: dict[int, ViewTrail] = field(default_factory=dict)

    def store(self, connection: sqlite3.Connection, prefix: str = "") -> None:
        connection.executemany(
            f"UPDATE {f'{prefix}episode' if prefix else 'spell'} SET first_view = ?, prev_seek = ? WHERE eid = ?",
            [(*trail, eid) for eid, trail in self.episodes.items()],
        )
        connection.executemany(
            f"UPDATE {prefix}article_view SET followed = ?, prev_seek = ?, prev_view = ?, prev_followed = ?,"
            " silent_until = ? WHERE vid = ?",
            [(*trail, vid) for vid, trail in self.views.items()],
        )


def changes(connection: sqlite3.Connection, wid: int, viewers: Iterable[int], prefix: str = "") -> Changes:
    """Compare the stored trails of some people of a workspace with what their rows say now."""
    asked = {"wid": wid, "viewers": json.dumps(sorted(viewers))}
    episodes: dict[int, list[tuple[int, int, int, int, EpisodeTrail]]] = {}
    for viewer, start, eid, cid, outbound, *trail in connection.execute(
        "SELECT e.viewer, e.start, e.eid, e.cid, e.outbound, e.first_view, e.prev_seek FROM json_each(:viewers) j"
        f" CROSS JOIN {prefix}episode e WHERE e.wid = :wid AND e.viewer = j.value AND e.start IS NOT NULL",
        asked,
    ):
        episodes.setdefault(viewer, []).append((start, eid, cid, outbound, tuple(trail)))
    views: dict[int, list[tuple[int, int, ViewTrail]]] = {}
    for viewer, at, vid, *trail in connection.execute(
        "SELECT v.viewer, v.at, v.vid, v.followed, v.prev_seek, v.prev_view, v.prev_followed, v.silent_until"
        f" FROM json_each(:viewers) j CROSS JOIN {prefix}article_view v WHERE v.wid = :wid AND v.viewer = j.value",
        asked,
    ):
        views.setdefault(viewer, []).append((at, vid, tuple(trail)))
    found = Changes()
    for viewer in episodes.keys() | views.keys():
        _compare(sorted(episodes.get(viewer, ())), sorted(views.get(viewer, ())), found)
    return found


def _compare(
    episodes: Sequence[tuple[int, int, int, int, EpisodeTrail]],
    views: Sequence[tuple[int, int, ViewTrail]],
    found: Changes,
) -> None:
    starts = [start for start, *_ in episodes]
    reads = [at for at, *_ in views]
    sought = sorted([start for start, _, _, outbound, _ in episodes if not outbound] + reads)
    last: dict[int, int] = {}  # rows at one moment: all but the first have that moment before them

    def before(at: int) -> int | None:
        rank = bisect_left(sought, at) + last.get(at, 0)
        last[at] = last.get(at, 0) + 1
        return sought[rank - 1] if rank else None

    for start, eid, cid, outbound, stored in episodes:
        first = bisect_left(reads, start - DAY)
        first_view = reads[first] if first < len(reads) and reads[first] <= start else None
        trail = first_view, None if outbound else before(start)
        if trail != stored:
            found.episodes[eid] = trail
            found.cids.add(cid)
    ends = _silent(views, starts)
    prev_view = prev_followed = None
    for at, vid, known in views:
        followed = bisect_left(starts, at) < bisect_right(starts, at + DAY)
        reading = int(followed), before(at), prev_view, prev_followed if followed else None, ends.get(vid)
        if reading != known:
            found.views[vid] = reading
        prev_view = at
        prev_followed = at if followed else prev_followed


def _silent(views: Sequence[tuple[int, int, ViewTrail]], starts: Sequence[int]) -> dict[int, int]:
    """The views that begin a silent quest, each with the moment of the last view in it.

    Silent: no episode followed. A quest holds the views within 24 h of its first one.
    """
    ends: dict[int, int] = {}
    head, first = 0, None
    for at, vid, _ in views:
        if bisect_left(starts, at) < bisect_right(starts, at + DAY):
            continue
        if first is None or at - first > DAY:
            head, first = vid, at
        ends[head] = at
    return ends
