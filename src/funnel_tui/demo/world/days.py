"""A day's conversations: all that begin on it, and the few that are merged into another of the same day."""

from bisect import bisect_right
from collections.abc import Iterable
from operator import attrgetter

from funnel_tui.demo.world.chance import stream
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.conversations import write
from funnel_tui.demo.world.demand import ID_STEP, Arrival
from funnel_tui.demo.world.script import OPERATOR, Entry, Script

_MERGED = 4500
"""Block of ids for conversations that end up merged away."""

_at = attrgetter("at")


def scripts(company: Company, day: int) -> list[Script]:
    """Everything that begins on a local day; the extra traffic of a live session is not in it."""
    return with_merges(company, (write(company, arrival) for arrival in company.demand.arrivals(day)))


def live_scripts(company: Company, arrivals: Iterable[Arrival]) -> list[Script]:
    return [write(company, arrival) for arrival in arrivals]


def with_merges(company: Company, written: Iterable[Script]) -> list[Script]:
    """Add the second conversations that impatient customers open about the same thing."""
    all_of_day: list[Script] = []
    for script in written:
        all_of_day.append(script)
        if script.delivered_as == "customer_initiated" and script.id % ID_STEP < 400:
            rng = stream(company.seed, "merge", script.id)
            if rng.random() < 0.015:
                second = _second(script, script.begun_at + rng.randint(120, 1500))
                if second is not None:
                    all_of_day.append(second)
    return all_of_day


def _second(script: Script, at: int) -> Script | None:
    """The doublet, merged away right after a teammate's first reply; None where nobody replied after it began."""
    reply = next((entry for entry in script.entries if entry.kind == "reply"), None)
    if reply is None or reply.at < at + 60 or reply.at > at + 86_400:
        return None
    merged_at = reply.at + 25
    second = Script(script.id + _MERGED, script.person, script.topic, "messenger", "customer_initiated", "", script.url)
    second.entries = [
        Entry(at, "customer", text="Hello? I also asked by another way"),
        Entry(at + 2, "team", who=OPERATOR, to=_routed(script)),
        Entry(merged_at, "merged_away", who=OPERATOR, to=script.id),
    ]
    mark = Entry(merged_at, "merged_in", who=OPERATOR, to=second.id)
    script.entries.insert(bisect_right(script.entries, merged_at, key=_at), mark)
    return second


def _routed(script: Script) -> int:
    return next((entry.to for entry in script.entries if entry.kind in ("team", "handoff")), 501)
