"""Articles as lists give them, and one at a time with their counters."""

from collections.abc import Mapping
from typing import Any

from funnel_tui.demo import wire
from funnel_tui.demo.reply import not_found, whole
from funnel_tui.demo.world.articles import ARTICLES, Counters, HelpCenter
from funnel_tui.demo.world.topics import HELP_CENTER, Topic
from funnel_tui.demo.world.world import World

Json = dict[str, Any]

MAX_PAGE = 10
"""Articles a page; the parameters are not documented, the pages are."""


class Articles:
    def __init__(self, world: World) -> None:
        self._world = world
        self._counted = HelpCenter(world.company, world.first_day)

    def list(self, query: Mapping[str, str]) -> Json:
        """A page of all articles, without statistics."""
        size = max(1, min(whole(query.get("per_page"), MAX_PAGE), MAX_PAGE))
        start = whole(query.get("starting_after"), 0)
        every = sorted(ARTICLES)
        shown = [_listed(ARTICLES[number], self._world.first_day_start) for number in every[start : start + size]]
        more = start + size < len(every)
        pages = {
            "type": "pages",
            "page": start // size + 1,
            "per_page": size,
            "total_pages": -(-len(every) // size),
            "next": {"per_page": size, "starting_after": str(start + size)} if more else None,
        }
        return {"type": "list", "pages": pages, "total_count": len(every), "data": shown}

    def one(self, number: int) -> Json:
        """An article with its counters as they stand."""
        topic = ARTICLES.get(number)
        if topic is None:
            raise not_found()
        self._world.wait_for(None)
        with self._world.now() as now:
            counters = self._counted.counters(topic, self._world.begun(), now)
        return _listed(topic, self._world.first_day_start) | {"statistics": _statistics(counters)}


def _listed(topic: Topic, created_at: int) -> Json:
    """An article as lists give it: without statistics."""
    return {
        "type": "article",
        "id": str(topic.article),
        "workspace_id": wire.WORKSPACE,
        "title": topic.title,
        "description": topic.answer,
        "body": f"<p>{topic.answer}</p>",
        "author_id": 801,
        "state": "published",
        "created_at": created_at,
        "updated_at": created_at,
        "url": f"{HELP_CENTER}/{topic.article}",
        "parent_ids": [],
        "tags": {"type": "tag.list", "tags": []},
    }


def _statistics(counters: Counters) -> Json:
    """Under the names of Intercom's recorded example (`conversations`, where its schema says `conversions`)."""
    rate = counters.fin_resolutions / counters.fin_involvements * 100 if counters.fin_involvements else 0.0
    return {
        "type": "article_statistics",
        "views": counters.views,
        "conversations": counters.conversations,
        "reactions": counters.reactions,
        "happy_reaction_percentage": 71.0,
        "neutral_reaction_percentage": 14.0,
        "sad_reaction_percentage": 15.0,
        "fin_involvements": counters.fin_involvements,
        "fin_resolutions": counters.fin_resolutions,
        "fin_resolution_rate": round(rate, 1),
    }
