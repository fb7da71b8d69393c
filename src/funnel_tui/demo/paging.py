"""Sorting and paging of conversations: pages by cursor, and cursors that grow stale."""

import base64
import binascii
import json
from dataclasses import dataclass

from funnel_tui.demo.search import NUMBERS, Getter, QueryError
from funnel_tui.demo.world.world import Row

MAX_PAGE = 150
DEFAULT_PAGE = 20
CURSOR_LIFE = 600
"""Seconds of real time after which a cursor is stale."""


@dataclass(frozen=True, slots=True)
class Order:
    getter: Getter
    descending: bool


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    total: int
    number: int
    cursor: str | None
    """Where the next page begins; None on the last one."""


def order_of(sort: object) -> Order:
    """The order that a request's `sort` asks for; newest change first without one. Raises QueryError."""
    if sort is None:
        return Order(NUMBERS["updated_at"], True)
    if not isinstance(sort, dict) or sort.get("order", "descending") not in ("ascending", "descending"):
        raise QueryError("Sort order must be ascending or descending", "invalid_sort_order")
    field = sort.get("field", "updated_at")
    if field not in NUMBERS:
        raise QueryError(f"cannot sort by {field}", "invalid_sort_order")
    return Order(NUMBERS[field], sort.get("order", "descending") == "descending")


def page_of(rows: list[Row], order: Order, size: int, cursor: str | None, now: float) -> Page:
    """The page after `cursor`. Keyed by (value, id): a row that moved meanwhile is seen again, none is missed.

    `now` in seconds of real time. Raises QueryError for a cursor that is stale or none of ours.
    """
    sign = -1 if order.descending else 1
    keyed = sorted((sign * (order.getter(row) or 0), sign * row.script.id, row) for row in rows) if rows else []
    number, start = 1, 0
    if cursor is not None:
        value, identity, number = _decode(cursor, now)
        start = next((i for i, key in enumerate(keyed) if (key[0], key[1]) > (value, identity)), len(keyed))
    page = keyed[start : start + size]
    following = None
    if start + size < len(keyed):
        following = _encode(page[-1][0], page[-1][1], number + 1, now)
    return Page([key[2] for key in page], len(keyed), number, following)


def page_size(asked: object) -> int:
    """Between 1 and 150. Raises QueryError."""
    if asked is None:
        return DEFAULT_PAGE
    try:
        size = int(str(asked))
    except ValueError:
        size = 0
    if not 1 <= size <= MAX_PAGE:
        raise QueryError(f"per_page must be between 1 and {MAX_PAGE}", field="per_page")
    return size


def _encode(value: int, identity: int, number: int, now: float) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, identity, number, int(now)]).encode()).decode()


def _decode(cursor: str, now: float) -> tuple[int, int, int]:
    try:
        value, identity, number, issued = (int(item) for item in json.loads(base64.urlsafe_b64decode(cursor)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise QueryError("starting_after is not a valid cursor", field="starting_after") from error
    if now - issued > CURSOR_LIFE:
        raise QueryError("starting_after has expired", field="starting_after")
    return value, identity, number
