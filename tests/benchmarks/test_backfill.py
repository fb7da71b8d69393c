"""The made-up helpdesk of the backfill's benchmark: what it lists is what it has, and its limit is a limit."""

import json
from typing import Any

from benchmarks.backfill import Run
from benchmarks.firehose import Helpdesk


def search(helpdesk: Helpdesk, low: int, high: int, after: str | None = None) -> dict[str, Any]:
    bounds = [
        {"field": "updated_at", "operator": ">", "value": low},
        {"field": "updated_at", "operator": "<", "value": high},
    ]
    body = {"query": {"operator": "AND", "value": bounds}, "pagination": {"per_page": 150, "starting_after": after}}
    status, _, content = helpdesk.answer("POST", "/conversations/search", json.dumps(body).encode())
    assert status == 200
    found: dict[str, Any] = json.loads(content)
    return found


def listed(helpdesk: Helpdesk, low: int, high: int) -> list[int]:
    found, after = [], None
    while True:
        page = search(helpdesk, low, high, after)
        found += [row["id"] for row in page["conversations"]]
        assert all(low < row["updated_at"] < high for row in page["conversations"])
        if page["pages"]["next"] is None:
            assert len(found) == page["total_count"]
            return [int(id) for id in found]
        after = page["pages"]["next"]["starting_after"]


def test_windows_that_meet_list_every_conversation_once() -> None:
    helpdesk = Helpdesk(700, 0)
    middle = helpdesk.updated(400)
    assert listed(helpdesk, 0, helpdesk.now) == [*range(1, 701)]
    assert listed(helpdesk, 0, middle) + listed(helpdesk, middle - 1, helpdesk.now) == [*range(1, 701)]
    assert listed(helpdesk, helpdesk.now, helpdesk.now + 9) == []


def test_a_conversation_is_the_same_alone_and_in_a_list() -> None:
    helpdesk = Helpdesk(5, 0)
    rows = {row["id"]: row for row in search(helpdesk, 0, helpdesk.now)["conversations"]}
    for number in range(1, 6):
        status, _, content = helpdesk.answer("GET", f"/conversations/{number}", b"")
        whole = json.loads(content)
        parts = whole.pop("conversation_parts")
        assert (status, whole) == (200, rows[str(number)])
        assert len(parts["conversation_parts"]) == parts["total_count"]
        assert parts["conversation_parts"][-1]["created_at"] <= whole["updated_at"] == helpdesk.updated(number)
    assert helpdesk.answer("GET", "/conversations/6", b"")[0] == 404


def test_more_than_the_limit_of_a_window_is_refused_and_counted() -> None:
    helpdesk = Helpdesk(5, 60)
    statuses = [helpdesk.answer("GET", "/me", b"")[0] for _ in range(31)]
    # Ten to a window; all of them may lie in one, or in two.
    assert 10 <= statuses.count(200) <= 20
    assert helpdesk.counted.over_limit == statuses.count(429) >= 11
    assert helpdesk.counted.requests == 31


def test_what_the_limit_alone_needs() -> None:
    run = Run(
        per_minute=600,
        conversations=990,
        requests=1_000,
        over_limit=0,
        wall=100.0,
        cpu=2.0,
        memory=1,
        fullest=95,
        said="",
    )
    assert run.least == 90
    assert "| conversations per CPU second | 495 |" in run.table()
