"""Conversations: a list by activity, and a reading of each that changed, with what other lists know of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from funnel_tui.sources.base import Stream
from funnel_tui.sources.chatwoot import wire
from funnel_tui.sources.chatwoot.client import ChatwootClient
from funnel_tui.sources.chatwoot.listing import Listing, Sorting, fetch, version
from funnel_tui.sources.chatwoot.reading import Reader, Reading
from funnel_tui.sources.chatwoot.thread import active
from funnel_tui.sources.protocol import SourcePage, StreamSpec
from funnel_tui.sources.text import ident

OVERLAP = 5 * 60
CHUNK = 50
"""Conversations of one page of ours: so many at least, while the list goes on."""
WHOLE_PAST = 100 * 365 * 86_400

SPEC = StreamSpec(
    "conversations",
    overlap=OVERLAP,
    # The list has no lower or upper bound to ask for: one walk from the newest to the oldest, not one for each slice.
    slice=WHOLE_PAST,
    rescan=True,
    essential=True,
)


class Conversations(Stream):
    spec = SPEC

    def __init__(self, client: ChatwootClient, reader: Reader) -> None:
        self._client = client
        self._reader = reader
        self._sorting = Sorting(client)

    async def probe(self) -> None:
        await fetch(self._client, SPEC.name, 1)

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        """Pages shift while the list is walked: rows that come twice are left out, and where the total changed the
        beginning is listed again, until a page brings nothing new."""
        walk = _Walk(self, lo, hi, cursor, known)
        while True:
            rows, broken = await walk.chunk()
            readings = await self._reader.read_all(SPEC.name, rows)
            walk.keep(readings)
            yield as_page(
                readings,
                cursor=walk.cursor(),
                total=walk.listing.total,
                warnings=walk.warnings(broken, self._reader),
            )
            if walk.done:
                return

    async def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        for start in range(0, len(ids), CHUNK):
            readings = await self._reader.read_ids(SPEC.name, ids[start : start + CHUNK])
            following = str(start + CHUNK) if start + CHUNK < len(ids) else None
            yield as_page(readings, cursor=following, total=len(ids))


@dataclass(slots=True)
class _Pass:
    """What a pass has met."""

    lo: int
    hi: int
    held: dict[str, int]


class _Walk:
    """A pass over the list and, where its total changed on the way, over its beginning again."""

    def __init__(self, stream: Conversations, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> None:
        self._stream = stream
        self._pass = _Pass(lo, hi, dict(known))
        # A page is listed twice where a pass goes on: deletions may have moved rows up meanwhile.
        number = (cursor or "").partition(":")[0]
        page = max(1, int(number) - 1) if number.isdigit() else 1
        self.listing = self._list(page)
        self._first = self.listing
        self._again = False
        self._chunks = 0
        self.done = False

    def cursor(self) -> str | None:
        """The next page, and a number that makes it another one where a page is listed again."""
        return None if self.done else f"{self.listing.page}:{self._chunks}"

    def _list(self, page: int) -> Listing:
        stream = self._stream
        return Listing(stream._client, SPEC.name, stream._sorting, self._pass.lo, self._pass.hi, page=page)

    async def chunk(self) -> tuple[list[wire.Conversation], int]:
        """Rows to be read, and how many could not be understood. At the end of the list `done` is set."""
        rows: dict[str, wire.Conversation] = {}
        broken = 0
        self._chunks += 1
        while len(rows) < CHUNK and not self.done:
            page = await self.listing.next()
            broken += page.broken
            wanted = {id: row for row in page.rows if (id := ident(row.id)) is not None and self._wants(id, row)}
            rows.update(wanted)
            if self._again and not wanted:
                self.done = True
            elif self.listing.done:
                self.done = self._again or not self.listing.changed
                if not self.done:
                    self._again, self.listing = True, self._list(1)
        return list(rows.values()), broken

    def _wants(self, id: str, row: wire.Conversation) -> bool:
        at = version(row)
        if at is None:
            return True
        if at < self._pass.lo or (active(row) or at) > self._pass.hi + OVERLAP:
            return False  # of an earlier pass, of the next one
        held = self._pass.held.get(id)
        return held is None or held < at

    def keep(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            if reading.version is not None:
                self._pass.held[reading.id] = reading.version

    def warnings(self, broken: int, reader: Reader) -> list[str]:
        found = []
        if broken:
            found.append(f"conversations: {broken} of the list came in an unknown form and were left out")
        if self._first.cut_off:
            found.append(
                "conversations: the server lists them in an order of its own, and only the first pages were looked "
                "through; older ones that changed are found by the rescan. A newer Chatwoot sorts by activity."
            )
        if reader.reporting.cut_off:
            found.append("conversations: there are more reporting events than are read, so some closes may be missing")
        return found


def as_page(
    readings: Sequence[Reading], *, cursor: str | None, total: int | None, warnings: Sequence[str] = ()
) -> SourcePage:
    troubles = [reading.trouble for reading in readings if reading.trouble is not None]
    broken = sum(reading.broken for reading in readings)
    told = list(warnings)
    if troubles:
        told.append(
            "conversations: some were read without their messages, so their times are approximate: "
            f"{troubles[0].lasting}. {troubles[0].mend}"
        )
    if broken:
        told.append(f"conversations: {broken} messages came in an unknown form and were left out")
    return SourcePage(
        records=tuple(record for reading in readings for record in reading.records),
        cursor=cursor,
        total=total,
        versions={reading.id: reading.settled for reading in readings if reading.settled is not None},
        warnings=tuple(told),
    )
