"""Quests: where each began, where it went, and what flows between the nodes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .replay import Episode
from .words import DAY, View, World

NODES = (
    "seeking",
    "articles",
    "bot",
    "team",
    "article_resolved",
    "bot_resolved",
    "team_resolved",
    "closed_unanswered",
    "in_progress",
    "pending",
)


@dataclass(frozen=True)
class Quest:
    workspace: str
    begun: int
    path: tuple[str, ...]
    """From `seeking` to where it ended."""
    episode: Episode | None = None


def before(view: View, episode: Episode) -> bool:
    """The view is its viewer's and lies in the 24 hours before the episode."""
    return episode.start is not None and view.viewer == episode.viewer and 0 <= episode.start - view.at <= DAY


def path_of(episode: Episode) -> tuple[str, ...]:
    """Where an episode went after the articles."""
    team_end = "in_progress"
    if episode.closed:
        team_end = "team_resolved" if episode.replies else "closed_unanswered"
    if not episode.bot_first:
        return ("team", team_end)
    if episode.bot_resolved:
        return ("bot", "bot_resolved")
    if episode.handed_off:
        return ("bot", "team", team_end)
    if episode.pending:
        return ("bot", "pending")
    # closed, but not resolved: nobody but the team can have let it down
    return ("bot", "team", "closed_unanswered") if episode.closed else ("bot", "in_progress")


def quests(world: World, episodes: Iterable[Episode]) -> list[Quest]:
    found: list[Quest] = []
    used: set[View] = set()
    for episode in episodes:
        if episode.start is None:
            continue
        views = [view for view in world.views if before(view, episode)]
        used.update(views)
        begun = min([episode.start, *(view.at for view in views)])
        first = ("seeking", "articles") if views else ("seeking",)
        found.append(Quest(episode.conversation[0], begun, first + path_of(episode), episode))
    alone = [view for view in world.views if view not in used]
    while alone:
        first_view = alone[0]
        group = [v for v in alone if v.viewer == first_view.viewer and v.at - first_view.at <= DAY]
        alone = [v for v in alone if v not in group]
        young = world.as_of - group[-1].at < DAY
        end = "pending" if young else "article_resolved"
        found.append(Quest(first_view.viewer[0], first_view.at, ("seeking", "articles", end)))
    return found


def flow(cohort: Iterable[Quest]) -> dict[str, dict[str, int] | dict[tuple[str, str], int]]:
    nodes: dict[str, int] = dict.fromkeys(NODES, 0)
    links: dict[tuple[str, str], int] = {}
    for quest in cohort:
        for node in quest.path:
            nodes[node] += 1
        for link in pairwise(quest.path):
            links[link] = links.get(link, 0) + 1
    return {"nodes": nodes, "links": links}
