"""Funnels for the tests: a balanced one from a few numbers, as the metrics layer would make it."""

from collections import defaultdict

from funnel_tui.model.values import Funnel, FunnelLink, FunnelNode

LABELS = {
    "seeking": "Seeking help",
    "articles": "Articles",
    "bot": "Bot",
    "team": "Team",
    "article_resolved": "Solved by articles",
    "bot_resolved": "Solved by the bot",
    "team_resolved": "Solved by the team",
    "closed_unanswered": "Closed unanswered",
    "in_progress": "In progress",
    "pending": "Too young to judge",
}


def funnel(links: list[tuple[str, str, int]]) -> Funnel:
    """The funnel of these links; a node's value is what flows through it."""
    come: defaultdict[str, int] = defaultdict(int)
    go: defaultdict[str, int] = defaultdict(int)
    for source, target, value in links:
        go[source] += value
        come[target] += value
    nodes = tuple(FunnelNode(id, label, max(come[id], go[id])) for id, label in LABELS.items())
    return Funnel(nodes, tuple(FunnelLink(*link) for link in links))


def balanced(articles: tuple[int, int, int, int], bot: tuple[int, int, int, int], team: tuple[int, int, int]) -> Funnel:
    """From what leaves each stage: articles -> (resolved, bot, team, pending); bot -> (resolved, team, pending, in
    progress) with at least `articles[1]` in all; team -> (direct, unanswered, in progress), the rest of it resolved."""
    solved, to_bot, to_team, young = articles
    bot_solved, bot_to_team, bot_young, bot_busy = bot
    direct, unanswered, busy = team
    through_bot = max(to_bot, bot_solved + bot_to_team + bot_young + bot_busy)
    bot_solved += through_bot - (bot_solved + bot_to_team + bot_young + bot_busy)
    through_team = max(direct + to_team + bot_to_team, unanswered + busy)
    return funnel(
        [
            ("seeking", "articles", solved + to_bot + to_team + young),
            ("seeking", "bot", through_bot - to_bot),
            ("seeking", "team", through_team - to_team - bot_to_team),
            ("articles", "article_resolved", solved),
            ("articles", "bot", to_bot),
            ("articles", "team", to_team),
            ("articles", "pending", young),
            ("bot", "bot_resolved", bot_solved),
            ("bot", "team", bot_to_team),
            ("bot", "pending", bot_young),
            ("bot", "in_progress", bot_busy),
            ("team", "team_resolved", through_team - unanswered - busy),
            ("team", "closed_unanswered", unanswered),
            ("team", "in_progress", busy),
        ]
    )


MONTH = balanced((3020, 980, 520, 370), (1560, 1995, 140, 45), (1660, 96, 210))
"""9,310 people in a month."""
