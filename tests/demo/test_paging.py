"""Cursors: each row once, moved rows again, stale cursors refused."""

from typing import Any

import pytest

from funnel_tui.demo import paging
from tests.demo.worlds import ANCHOR, EVERYTHING, Client, Hands, make_world

BY_CHANGE = {"field": "updated_at", "order": "ascending"}


@pytest.mark.parametrize("size", [7, 150])
def test_every_row_once(client: Client, size: int) -> None:
    seen: list[str] = []
    cursor, total, pages = None, None, 0
    while True:
        page = client.search(EVERYTHING, sort=BY_CHANGE, pagination={"per_page": size, "starting_after": cursor})
        pages += 1
        assert page["pages"]["page"] == pages
        assert len(page["conversations"]) <= size
        total = page["total_count"]
        seen += [row["id"] for row in page["conversations"]]
        if "next" not in page["pages"]:
            break
        cursor = page["pages"]["next"]["starting_after"]
    assert len(seen) == len(set(seen)) == total
    assert page["pages"]["total_pages"] == pages


def test_a_row_that_moves_while_paging_comes_again_and_none_is_missed() -> None:
    hands = Hands()
    client = Client(make_world(hands=hands, live=True), hands)
    seen: list[str] = []
    cursor = None
    while True:
        page = client.search(EVERYTHING, sort=BY_CHANGE, pagination={"per_page": 100, "starting_after": cursor})
        seen += [row["id"] for row in page["conversations"]]
        hands.now += 1200
        if "next" not in page["pages"]:
            break
        cursor = page["pages"]["next"]["starting_after"]
    before = {row["id"] for row in client.everything({"field": "created_at", "operator": "<", "value": ANCHOR})}
    assert before <= set(seen)
    assert len(seen) > len(set(seen))


def test_default_and_limits_of_a_page(client: Client) -> None:
    assert len(client.search(EVERYTHING)["conversations"]) == paging.DEFAULT_PAGE
    for wrong in (0, 151, "many"):
        body = {"query": EVERYTHING, "pagination": {"per_page": wrong}}
        assert client.refused("POST", "/conversations/search", body) == (400, "bad_request")


def test_cursors_grow_stale_and_cannot_be_made_up() -> None:
    hands = Hands()
    client = Client(make_world(hands=hands, days=2), hands)
    cursor = client.search(EVERYTHING, pagination={"per_page": 5})["pages"]["next"]["starting_after"]
    again: dict[str, Any] = {"query": EVERYTHING, "pagination": {"per_page": 5, "starting_after": cursor}}
    hands.real += paging.CURSOR_LIFE
    assert client.ask("POST", "/conversations/search", again).status == 200
    hands.real += 1
    assert client.refused("POST", "/conversations/search", again) == (400, "bad_request")
    again["pagination"]["starting_after"] = "nonsense"
    assert client.refused("POST", "/conversations/search", again) == (400, "bad_request")


def test_the_plain_list_pages_too(client: Client) -> None:
    first = client.get("/conversations?per_page=150")
    second = client.get(f"/conversations?per_page=150&starting_after={first['pages']['next']['starting_after']}")
    ids = [row["id"] for row in first["conversations"] + second["conversations"]]
    assert len(set(ids)) == 300
    assert first["total_count"] == client.search(EVERYTHING)["total_count"]
