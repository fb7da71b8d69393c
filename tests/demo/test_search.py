"""The query language: what it finds is what the rows say; what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.demo.worlds import ANCHOR, EVERYTHING, Client

DAY = 86_400


@pytest.fixture(scope="module")
def rows(client: Client) -> list[Any]:
    return client.everything(EVERYTHING)


def inside(row: Any, path: str) -> Any:
    for key in path.split("."):
        row = None if row is None else row[key]
    return row


def chosen(rows: list[Any], test: Callable[[Any], bool]) -> set[str]:
    return {row["id"] for row in rows if test(row)}


@pytest.mark.parametrize(
    "field",
    [
        "updated_at",
        "created_at",
        "waiting_since",
        "statistics.first_admin_reply_at",
        "statistics.last_close_at",
        "statistics.time_to_admin_reply",
    ],
)
def test_greater_and_less(client: Client, rows: list[Any], field: str) -> None:
    middle = 900 if field.endswith("time_to_admin_reply") else ANCHOR - DAY
    above = client.found(field, ">", middle)
    below = client.found(field, "<", middle)
    assert above == chosen(rows, lambda row: inside(row, field) is not None and inside(row, field) > middle)
    assert below == chosen(rows, lambda row: inside(row, field) is not None and inside(row, field) < middle)
    assert above
    assert client.found(field, ">", str(middle)) == above


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("open", True),
        ("state", "snoozed"),
        ("state", "open"),
        ("admin_assignee_id", 0),
        ("team_assignee_id", 502),
        ("ai_agent_participated", False),
        ("ai_agent.resolution_state", "confirmed_resolution"),
        ("read", True),
        ("source.delivered_as", "admin_initiated"),
        ("source.type", "email"),
        ("source.author.type", "lead"),
        ("statistics.count_reopens", 1),
        ("statistics.last_closed_by_id", "900002"),
        ("ai_agent.last_answer_type", "ai_answer"),
    ],
)
def test_equal_and_not_equal(client: Client, rows: list[Any], field: str, value: Any) -> None:
    equal, unequal = client.found(field, "=", value), client.found(field, "!=", value)
    if field != "statistics.count_reopens":  # where nobody wrote there are no statistics, and the search counts 0
        assert equal == chosen(rows, lambda row: inside(row, field) == value)
    assert equal
    assert equal | unequal == {row["id"] for row in rows}
    assert not equal & unequal


def test_unassigned_is_found_by_zero_and_by_null(client: Client) -> None:
    assert client.found("admin_assignee_id", "=", 0) == client.found("admin_assignee_id", "=", None) != set()


def test_lists_and_texts(client: Client, rows: list[Any]) -> None:
    ids = [row["id"] for row in rows[:7]]
    assert client.found("id", "IN", ids) == set(ids)
    assert client.found("id", "NIN", ids) == {row["id"] for row in rows} - set(ids)
    assert client.found("source.subject", "~", "INVOICE") == chosen(
        rows, lambda r: "invoice" in r["source"]["subject"].lower()
    )
    assert client.found("source.subject", "^", "refund") == chosen(
        rows, lambda r: r["source"]["subject"] == "<p>Refund</p>"
    )
    assert client.found("source.url", "$", "/7003") == chosen(
        rows, lambda r: (r["source"]["url"] or "").endswith("/7003")
    )
    assert client.found("source.body", "=", "invoice") >= client.found("source.body", "=", "2231") != set()


def test_tags_contacts_and_teammates(client: Client, rows: list[Any]) -> None:
    tag = next(row["tags"]["tags"][0] for row in rows if row["tags"]["tags"])
    tagged = chosen(rows, lambda row: tag["id"] in [t["id"] for t in row["tags"]["tags"]])
    assert client.found("tag_ids", "=", tag["id"]) == tagged
    assert client.found("tag_ids", "!=", tag["id"]) == {row["id"] for row in rows} - tagged
    person = rows[0]["contacts"]["contacts"][0]["id"]
    assert rows[0]["id"] in client.found("contact_ids", "=", person)
    assert client.found("teammate_ids", "IN", ["801", "802"]) == chosen(
        rows, lambda row: bool({"801", "802"} & {mate["id"] for mate in row["teammates"]["teammates"]})
    )


def test_groups_nest_once(client: Client, rows: list[Any]) -> None:
    query = {
        "operator": "AND",
        "value": [
            {
                "operator": "OR",
                "value": [
                    {"field": "state", "operator": "=", "value": "open"},
                    {"field": "state", "operator": "=", "value": "snoozed"},
                ],
            },
            {"field": "updated_at", "operator": ">", "value": ANCHOR - DAY},
        ],
    }
    found = {row["id"] for row in client.everything(query)}
    assert found == chosen(rows, lambda row: row["state"] != "closed" and row["updated_at"] > ANCHOR - DAY)


def nested(levels: int) -> Any:
    leaf: Any = {"field": "open", "operator": "=", "value": True}
    for _ in range(levels):
        leaf = {"operator": "AND", "value": [leaf]}
    return leaf


@pytest.mark.parametrize(
    "query",
    [
        None,
        "open",
        {"field": "nonsense", "operator": "=", "value": 1},
        {"field": "state", "operator": ">", "value": "open"},
        {"field": "updated_at", "operator": "~", "value": 3},
        {"field": "updated_at", "operator": ">", "value": "soon"},
        {"field": "open", "operator": "=", "value": "maybe"},
        {"field": "state", "operator": "=", "value": ["open"]},
        {"field": "id", "operator": "IN", "value": "1"},
        {"field": "tag_ids", "operator": ">", "value": "1"},
        {"operator": "AND", "value": []},
        {"operator": "OR", "value": [{"field": "open", "operator": "=", "value": True}] * 16},
        nested(3),
    ],
)
def test_refused_queries(client: Client, query: Any) -> None:
    assert client.refused("POST", "/conversations/search", {"query": query}) == (400, "bad_request")


def test_two_levels_are_allowed(client: Client) -> None:
    assert client.search(nested(2))["total_count"] == len(client.found("open", "=", True))


@pytest.mark.parametrize("sort", [{"field": "updated_at", "order": "sideways"}, {"field": "state"}, "updated_at"])
def test_refused_orders(client: Client, sort: Any) -> None:
    refused = client.refused("POST", "/conversations/search", {"query": EVERYTHING, "sort": sort})
    assert refused == (400, "invalid_sort_order")


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_sorted_as_asked(client: Client, order: str) -> None:
    times = [row["updated_at"] for row in client.everything(EVERYTHING, sort={"field": "updated_at", "order": order})]
    assert times == sorted(times, reverse=order == "descending")
