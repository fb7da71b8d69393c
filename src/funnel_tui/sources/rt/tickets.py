"""Tickets: what happened lately by the numbers of transactions, the past by update time."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace

from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import Refused, StaleCursor
from funnel_tui.sources.protocol import Shape, SourcePage, StreamSpec
from funnel_tui.sources.rt import feed, wire
from funnel_tui.sources.rt.client import ELSEWHERE, PER_PAGE, Rows, RtClient, either, quoted, sql_date
from funnel_tui.sources.rt.directory import Directory
from funnel_tui.sources.rt.reading import FIELDS, SETTLED, Reading
from funnel_tui.sources.rt.transactions import NOISE, number, steps
from funnel_tui.sources.text import ident, moment

DAY = 86_400

SPEC = StreamSpec(
    "tickets",
    shape=Shape.FEED,
    overlap=3_600,
    slice=365 * DAY,
    slice_items=1_000,
    rescan=True,
    essential=True,
)
_MOST_LOOKED_THROUGH = 50
"""Pages."""
_PAGE = "page "
"""Cursors begin so where the past is read by numbers of pages."""


class Tickets(Stream):
    spec = SPEC

    def __init__(self, client: RtClient, directory: Directory) -> None:
        self._client = client
        self._reading = Reading(client, directory, SPEC.name)

    async def probe(self) -> None:
        await self._rows("id > 0", {"per_page": 1})
        await self._reading.transactions.page("id > 0", per_page=1, order="DESC")

    async def count(self, lo: int, hi: int) -> int | None:
        """A few more: those of a day on both sides are in it."""
        return (await self._rows(_window(lo, hi), {"per_page": 1})).total

    # --- the past

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        """By id, so that a ticket that leaves the window meanwhile, which puts it into the feed, shifts no other."""
        after = number(cursor) or 0
        while not (cursor or "").startswith(_PAGE):
            rows = await self._rows(f"{_window(lo, hi)} AND id > {after}", {**FIELDS, "orderby": "id", "order": "ASC"})
            ids = _numbers(rows.items)
            if (ids and min(ids) <= after) or (not ids and not after):
                break  # it does not understand that, or not that order
            last = not ids or (rows.total is not None and rows.total <= len(set(ids)))
            after = max(ids, default=after)
            yield await self._page(rows, lo, hi, known, None if last else str(after))
            if last:
                return
        page = number((cursor or "").removeprefix(_PAGE)) or 1 if after == 0 else 1
        before: set[int] = set()
        while True:
            asked: dict[str, str | int] = {**FIELDS, "orderby": "LastUpdated", "order": "ASC", "page": page}
            rows = await self._rows(_window(lo, hi), asked)
            ids = _numbers(rows.items)
            last = not ids or before >= set(ids) or (rows.total is not None and rows.total <= page * PER_PAGE)
            before = set(ids)
            page += 1
            yield await self._page(rows, lo, hi, known, None if last else f"{_PAGE}{page}")
            if last:
                return

    async def _page(
        self, rows: Rows[wire.Ticket], lo: int, hi: int, known: Mapping[str, int], cursor: str | None
    ) -> SourcePage:
        reads = await self._reading.of_rows([row for row in rows.items if _wanted(row, lo, hi, known)])
        reads.broken += rows.broken
        return reads.page(cursor, rows.total)

    async def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        wanted = [id for id in ids if id.isdigit()]
        for start in range(0, len(wanted), PER_PAGE):
            reads = await self._reading.by_id(wanted[start : start + PER_PAGE])
            following = start + PER_PAGE
            yield reads.page(str(following) if following < len(wanted) else None, len(wanted))

    # --- what happens

    async def position(self) -> str:
        newest, sees_all = await self._reading.transactions.newest()
        return str(feed.Mark(newest, looked=None if sees_all else await self._looked()))

    async def follow(self, position: str) -> AsyncIterator[SourcePage]:
        try:
            mark = feed.parse(position)
        except ValueError:
            raise StaleCursor(self._client.http.name, "the position is not one of ours", stream=SPEC.name) from None
        read: set[str] = set()
        total: int | None = None
        async for rows, after in self._since(mark):
            total = rows.total
            if mark == after:
                continue
            told = [step for step in steps(rows.items) if mark.new(step.id)]
            touched = list(dict.fromkeys(step.ticket for step in told if step.type not in NOISE))
            reads = await self._reading.by_id(touched, told)
            reads.broken += rows.broken
            read.update(touched)
            mark = after
            yield reads.page(str(mark))
        if total is None:
            async for page in self._look_through(mark, read):
                yield page

    async def _since(self, mark: feed.Mark) -> AsyncIterator[tuple[Rows[wire.Transaction], feed.Mark]]:
        """Pages of what came after `mark`, each with the mark after it; at least one."""
        transactions = self._reading.transactions
        while not mark.gaps or await transactions.takes(mark):
            rows = await transactions.page(mark.condition)
            if rows.items and not mark.gaps:
                transactions.beyond(rows.items, mark.newest)
            before, mark = mark, mark.past(_numbers(rows.items))
            yield rows, mark
            if not rows.items or mark == before:
                return
        floor = mark.floor
        while True:  # what was missed, with all that lies between
            rows = await transactions.page(f"id > {floor}")
            mark = mark.past(_numbers(rows.items))
            yield rows, mark
            if not rows.items:
                return
            floor = transactions.beyond(rows.items, floor)

    async def _look_through(self, mark: feed.Mark, read: set[str]) -> AsyncIterator[SourcePage]:
        """An account that may not see everything gets pages out of which rows were taken: one that is empty is the end,
        or a hundred things in a row that are none of its business. Tickets, unlike transactions, are cut after that,
        so the one updated last tells whether anything was missed."""
        found: list[str] = []
        newest = mark.looked
        for page in range(1, _MOST_LOOKED_THROUGH + 1):
            rows = await self._latest(page)
            dated = [(ident(row.id), moment(row.last_updated)) for row in rows]
            newest = max((at for _, at in dated if at is not None), default=newest) if page == 1 else newest
            fresh = [id for id, at in dated if id is not None and at is not None and at > (mark.looked or 0)]
            found += [id for id in fresh if id not in read and id not in found]
            if mark.looked is None or len(fresh) < PER_PAGE:
                break
        looked = mark.looked if newest is None else min(newest, self._client.now() - SETTLED)
        after = mark if mark.looked is not None and (looked or 0) <= mark.looked else replace(mark, looked=looked)
        if mark.looked is None:
            found = []  # its first look: what it sees is the backfill's
        for start in range(0, len(found), PER_PAGE):
            last = start + PER_PAGE >= len(found)
            reads = await self._reading.by_id(found[start : start + PER_PAGE])
            if last:
                after = after.past([reads.newest])
            yield reads.page(str(after if last else mark))
        if not found and after != mark:
            yield SourcePage(records=(), cursor=str(after))

    async def _looked(self) -> int:
        """The latest update that the account may see; 0 where there is none."""
        dates = [at for row in await self._latest(1) if (at := moment(row.last_updated)) is not None]
        return min(max(dates, default=0), self._client.now() - SETTLED)

    async def _latest(self, page: int) -> list[wire.Ticket]:
        ordered: dict[str, str | int] = {"orderby": "LastUpdated", "order": "DESC", "page": page}
        try:
            return (await self._rows("id > 0", {"fields": "LastUpdated", **ordered})).items
        except Refused:
            return []

    async def _rows(self, condition: str, params: Mapping[str, str | int]) -> Rows[wire.Ticket]:
        queues = either("Queue", map(quoted, self._client.queues))
        query = f"({queues}) AND {condition}" if queues else condition
        return await self._client.rows(SPEC.name, "/tickets", wire.Ticket, {"query": query, **params})


def _numbers(rows: Iterable[wire.Ticket] | Iterable[wire.Transaction]) -> list[int]:
    return [id for row in rows if (id := number(row.id)) is not None]


def _window(lo: int, hi: int) -> str:
    return f"LastUpdated > {sql_date(lo - ELSEWHERE)} AND LastUpdated < {sql_date(hi + ELSEWHERE)}"


def _wanted(row: wire.Ticket, lo: int, hi: int, known: Mapping[str, int]) -> bool:
    at = moment(row.last_updated)
    if at is None:
        return True
    return lo <= at <= hi and known.get(ident(row.id) or "") != at
