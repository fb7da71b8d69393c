"""How the ledger lies in the cache: balances of a month as sparse cells, values as sorted runs.

A balance's key is `part << 17 | month`, a run's `part << 30 | population << 22 | day`. Cells are numbered
`population << 5 | day of the month`. A month with few values is one run under its day 0, each value with its day beside
it; with more it is a run for each day.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from funnel_tui.store.days import month

MOST_IN_A_MONTH = 512
"""Values up to which a month is one run."""
_VALUE = (1 << 32) - 1
_WIDTHS = "bhiq"
_LIMITS = (1 << 7, 1 << 15, 1 << 31, 1 << 63)

Run = Sequence[int]


def balance_key(part: int, month_: int) -> int:
    return part << 17 | month_


def run_key(part: int, population: int, day: int) -> int:
    return part << 30 | population << 22 | day


def pack_cells(cells: Mapping[int, int]) -> bytes:
    """Cells that are not 0; empty where none is."""
    kept = {cell: cells[cell] for cell in sorted(cells) if cells[cell]}
    if not kept:
        return b""
    largest = max(max(kept.values()), -1 - min(kept.values()))
    width = next(code for code, limit in zip(_WIDTHS, _LIMITS, strict=True) if largest < limit)
    return width.encode() + array("H", kept).tobytes() + array(width, kept.values()).tobytes()


def unpack_cells(body: bytes) -> tuple["array[int]", "array[int]"]:
    """The numbers of the cells, in order, and their amounts."""
    if not body:
        return array("H"), array("b")
    width = chr(body[0])
    size = array(width).itemsize
    count = (len(body) - 1) // (2 + size)
    cells, amounts = array("H"), array(width)
    cells.frombytes(body[1 : 1 + 2 * count])
    amounts.frombytes(body[1 + 2 * count :])
    return cells, amounts


def pack_run(values: Iterable[int]) -> bytes:
    """Sorted values of one day."""
    return array("I", values).tobytes()


def unpack_run(body: bytes) -> "array[int]":
    values = array("I")
    values.frombytes(body)
    return values


def pack_month(pairs: Sequence[int]) -> bytes:
    """`day of the month << 32 | value`, sorted."""
    return bytes([pair >> 32 for pair in pairs]) + array("I", [pair & _VALUE for pair in pairs]).tobytes()


def unpack_month(body: bytes) -> list[int]:
    days, values = _columns(body)
    return [day << 32 | value for day, value in zip(days, values, strict=True)]


def _columns(body: bytes) -> tuple[bytes, "array[int]"]:
    """Days of the month and values, side by side."""
    count = len(body) // 5
    return body[:count], unpack_run(body[count:])


def within(key: int, body: bytes, first: int, last: int) -> Run:
    """The values of a stored run on the days `first` to `last`, sorted."""
    day = key & ((1 << 22) - 1)
    if day & 31:
        return unpack_run(body) if first <= day <= last else ()
    days, values = _columns(body)
    base = day
    low = bisect_left(days, first - base) if month(first) == month(base) else 0 if first < base else len(days)
    high = bisect_right(days, last - base) if month(last) == month(base) else len(days) if last > base else 0
    return sorted(values[low:high])
