"""Where demand went: quests from where they began to where they ended.

A quest is an episode together with its viewer's article views in the 24 h before it, or the article views of a viewer
within 24 h of the first of them that no episode followed within 24 h. Which way each went is a population of its own.
"""

from collections import Counter
from collections.abc import Mapping

from funnel_tui.model.values import Funnel, FunnelLink, FunnelNode
from funnel_tui.store.populations import QUEST_PATHS

LABELS = {
    "seeking": "Seeking support",
    "articles": "Articles",
    "bot": "Bot",
    "team": "Team",
    "article_resolved": "Resolved by articles",
    "bot_resolved": "Resolved by the bot",
    "team_resolved": "Resolved by the team",
    "closed_unanswered": "Closed unanswered",
    "pending": "Too early to tell",
    "in_progress": "In progress",
}

Links = Counter[tuple[str, str]]


def links_of(sums: Mapping[str, float]) -> Links:
    """The links that counted quests (the sums of `QUEST_PATHS`) run through."""
    links: Links = Counter()
    for name, path in QUEST_PATHS.items():
        for link in path:
            links[link] += int(sums.get(name, 0))
    return links


def add_counted(links: Links, resolved_by_articles: int) -> None:
    """Article reads known from counters only: those that led to no conversation; the others are episodes already."""
    if resolved_by_articles > 0:
        links["seeking", "articles"] += resolved_by_articles
        links["articles", "article_resolved"] += resolved_by_articles


def funnel(links: Links) -> Funnel:
    """All nodes, used or not, in their order; links from where they begin, large ones first."""
    rank = {id: number for number, id in enumerate(LABELS)}
    values: Counter[str] = Counter()
    for (source, target), value in links.items():
        values[target] += value
        if source == "seeking":
            values[source] += value
    nodes = tuple(FunnelNode(id, label, values[id]) for id, label in LABELS.items())
    ordered = sorted(links.items(), key=lambda item: (rank[item[0][0]], -item[1], rank[item[0][1]]))
    return Funnel(nodes, tuple(FunnelLink(a, b, value) for (a, b), value in ordered if value))


def ends(links: Links) -> dict[str, int]:
    """How many quests ended at each node."""
    found: Counter[str] = Counter()
    for (_, target), value in links.items():
        found[target] += value
    return dict(found)
