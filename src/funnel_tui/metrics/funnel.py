"""Where demand went: quests from where they began to where they ended.

A quest is an episode together with its viewer's article views in the 24 h before it, or the article views of a viewer
within 24 h of the first of them that no episode followed within 24 h.
"""

from collections import Counter
from collections.abc import Iterable

from funnel_tui.model.values import Funnel, FunnelLink, FunnelNode
from funnel_tui.store.filters import supported
from funnel_tui.store.populations import DAY
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import QuestRow, Scope

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


def quest_links(reader: Reader, scope: Scope) -> list[tuple[int, tuple[tuple[str, str], ...]]]:
    """Each quest that begins in the window: (moment it began, the links it runs through).

    Under a filter that article views cannot pass (a team, a channel) only quests with an episode are left.
    """
    found = []
    for row in reader.quests(scope):
        began = row.start if row.first_view is None else row.first_view
        if scope.start <= began < scope.end:
            found.append((began, tuple(_episode_path(row, scope.as_of))))
    if scope.keys <= supported("article_view"):
        found.extend(_silent_reads(reader.unfollowed_views(scope), scope))
    return found


def _episode_path(row: QuestRow, as_of: int) -> Iterable[tuple[str, str]]:
    at = "seeking"
    if row.first_view is not None:
        yield at, "articles"
        at = "articles"
    closed = row.closed_at is not None and row.closed_at <= as_of
    if row.bot_first:
        yield at, "bot"
        at = "bot"
        if row.reached_at is None:
            if row.bot_resolved_at is not None and row.bot_resolved_at <= as_of:
                yield at, "bot_resolved"
                return
            if _stands(row, as_of):
                yield at, "pending"
                return
            if not closed:
                yield at, "in_progress"
                return
    yield at, "team"
    if not closed:
        yield "team", "in_progress"
    else:
        yield "team", "team_resolved" if row.replies else "closed_unanswered"


def _stands(row: QuestRow, as_of: int) -> bool:
    """The bot's answer stands unanswered and is too young to be judged."""
    return (
        row.last_answer_at is not None
        and row.unanswered_since is None
        and row.handoff_at is None
        and row.last_answer_at > as_of - DAY
    )


def _silent_reads(
    views: Iterable[tuple[int, str, int]], scope: Scope
) -> Iterable[tuple[int, tuple[tuple[str, str], ...]]]:
    group: tuple[int, str] | None = None
    first = last = 0
    for workspace, viewer, at in (*views, (-1, "", 0)):
        if group == (workspace, viewer) and at - first <= DAY:
            last = at
            continue
        if group is not None and scope.start <= first < scope.end:
            outcome = "pending" if last > scope.as_of - DAY else "article_resolved"
            yield first, (("seeking", "articles"), ("articles", outcome))
        group, first, last = (workspace, viewer), at, at


def tally(quests: Iterable[tuple[int, tuple[tuple[str, str], ...]]]) -> Links:
    links: Links = Counter()
    for _, path in quests:
        links.update(path)
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
