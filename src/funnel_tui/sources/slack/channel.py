"""One channel as a stream: its history by windows, the threads in it where they moved, deletions.

New replies do not move a thread's root, and neither edits nor deletions leave an entry of their own. So every pass goes
back over some days of roots, which is a request or two, and asks for the replies only where a root says that they
moved. Threads with older roots are read again by the rescan.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from funnel_tui.model.records import Record
from funnel_tui.sources.base import Stream
from funnel_tui.sources.errors import ForbiddenError, NotFound, RateLimited
from funnel_tui.sources.protocol import Items, SourcePage, StreamSpec
from funnel_tui.sources.slack import wire
from funnel_tui.sources.slack.client import HistoryPage, SlackClient
from funnel_tui.sources.slack.directory import Channel, Directory
from funnel_tui.sources.slack.messages import Rewriter, root_of
from funnel_tui.sources.slack.progress import Progress
from funnel_tui.sources.slack.roots import Due, Prints, Root, lost, roots
from funnel_tui.sources.slack.threads import Threads, View, mended

HOUR = 3_600
DAY = 24 * HOUR
SLOW_OVERLAP = HOUR
SLOW_RESCAN = 20
"""Threads that a rescan reads where each takes a minute: those read longest ago."""
SETTLED = 2
"""Seconds after which nothing more comes under the same second."""
MOST_PAGES = 3_000
"""Of a window."""
ENDLESS = "Slack's pages do not end"

SLOW_LINE = (
    "Slack gives this app 15 messages a minute, so chat comes late: an app made inside your own workspace, not one"
    " distributed from elsewhere, is not held to that."
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pass goes on: Slack's cursor, and the last thread of that page that was done."""

    step: int = 0
    """Tells apart the cursors of a page that is read in several goes."""
    page: str | None = None
    done: str | None = None

    def __str__(self) -> str:
        return f"{self.step}#{self.done or ''}#{self.page or ''}"

    @classmethod
    def of(cls, cursor: str | None) -> "_Place":
        step, _, rest = (cursor or "").partition("#")
        done, _, page = rest.partition("#")
        return cls(int(step) if step.isdecimal() else 0, page or None, wire.stamp(done))

    def on(self, done: str | None = None) -> "_Place":
        return replace(self, step=self.step + 1, done=done or self.done)


class ChannelStream(Stream):
    def __init__(self, client: SlackClient, directory: Directory, named: str, revisit_days: int) -> None:
        revisit = max(1, revisit_days) * DAY
        self._usual = StreamSpec(
            named,
            overlap=revisit,
            slice=30 * DAY,
            rescan=True,
            items=Items.THREADS,
            rescan_every=HOUR,
            rescan_touched=revisit,
        )
        self.spec = self._usual
        self._client = client
        self._directory = directory
        self._threads = Threads(client, named)
        self._prints = Prints()
        self._reread_at: dict[str, int] = {}

    async def probe(self) -> None:
        await self.glance()

    async def glance(self) -> Channel:
        """A page of the newest messages, which also shows how much Slack gives at once."""
        channel = await self._channel()
        if not self._client.hearing.slow:
            with suppress(RateLimited):  # whoever is told to wait may read
                await self._history(channel, None, None, patient=False)
        elif channel.member is False:
            raise mended(ForbiddenError(self._client.http.name, "not_in_channel", stream=self.spec.name), channel.name)
        return channel

    # --- windows

    async def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        view = await self._view()
        place = _Place.of(cursor)
        from_start = place.page is None and place.done is None
        met: set[str] = set()
        progress = Progress(place.page)
        warning: str | None = None
        for _ in range(MOST_PAGES):
            if self._client.hearing.slow:
                place = place.on()
                yield self._page((), str(place))
            found = await self._history(view.channel, (lo, hi), place.page)
            self._adapt()
            met.update(wire.stamp(row.ts) or "" for row in found.messages if root_of(row) == wire.stamp(row.ts))
            async for records, versions, done in self._moved(view, roots(found.messages, lo), known, place.done):
                place = place.on(done)
                yield self._page(records, str(place), versions)
            if found.damaged:
                warning = f"{found.damaged} messages of a page cannot be read"
            if found.cursor is None:
                break
            stamps = (ts for row in found.messages if (ts := wire.stamp(row.ts)) and lo <= wire.second(ts) <= hi)
            if progress.stuck(found.cursor, stamps):
                yield self._page((), None, warning=f"{ENDLESS}; what is older was left out")
                return
            place = _Place(place.step + 1, found.cursor)
        else:
            yield self._page((), None, warning=f"{ENDLESS}; what is older was left out")
            return
        if from_start:
            missing = lost(known, met, view.rewriter, lo, hi)
            async for records in self._missing(view, missing):
                place = place.on()
                yield self._page(records, str(place))
        self._prints.forget(hi - self._usual.overlap)
        yield self._page((), None, warning=warning, beside={"users": view.people})

    async def _moved(
        self, view: View, found: Sequence[Root], known: Mapping[str, int], done: str | None
    ) -> AsyncIterator[tuple[list[Record], dict[str, int], str]]:
        """What a page of history brings after the root `done`, some threads at a time: records, versions, the last
        root among them."""
        left = [root for root in found if done is None or wire.order(root.ts) < wire.order(done)]
        records: list[Record] = []
        given: list[Root] = []
        asked: list[Root] = []
        for position, root in enumerate(left):
            due = self._prints.due(root, view.rewriter, known.get(view.rewriter.id(root.ts)))
            if due is Due.REPLIES:
                asked.append(root)
            else:
                given.append(root)
                if root.row is not None and due is not Due.NOTHING:
                    records.append(view.rewriter.thread(root.ts, (root.row,), whole=due is Due.ALONE))
            if len(asked) < self._threads.batch and position + 1 < len(left):
                continue
            for other, thread in zip(asked, await self._threads.whole(view, [r.ts for r in asked]), strict=True):
                if thread is not None:
                    records.append(thread)
                    given.append(other)
                elif other.row is not None:  # its replies are still owed
                    records.append(view.rewriter.thread(other.ts, (other.row,), whole=False))
            versions = self._versions(view, given, known)
            if records or versions:
                yield records, versions, root.ts
            for other in given:  # in the cache by now
                self._prints.keep(other, view.rewriter)
            records, given, asked = [], [], []

    def _versions(self, view: View, given: Sequence[Root], known: Mapping[str, int]) -> dict[str, int]:
        """Those that are new, and under whose second nothing more can come."""
        settled = self._client.http.server_now() - SETTLED
        named = ((view.rewriter.id(root.ts), root.version) for root in given if root.dated)
        return {id: version for id, version in named if version <= settled and known.get(id) != version}

    async def _missing(self, view: View, missing: Sequence[str]) -> AsyncIterator[list[Record]]:
        """Roots that were there and were not met. Each is asked for: rows may have shifted while pages were read."""
        left = [ts for ts in missing if not self._prints.buried(view.rewriter.id(ts))]
        while left:
            batch, left = left[: self._threads.batch], left[self._threads.batch :]
            threads = [thread for thread in await self._threads.whole(view, batch) if thread is not None]
            yield list(threads)
            for thread in threads:
                if not thread.messages:
                    self._prints.bury(thread.id)

    # --- threads by name

    async def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        view = await self._view()
        now = self._client.http.server_now()
        watched_from = now - self.spec.overlap + HOUR
        left = []
        for id in ids:
            ts = view.rewriter.ts(id)
            # Every pass sees all there is of a message that is not old and has no replies.
            if ts is not None and not (self._prints.alone(id) and wire.second(ts) > watched_from):
                left.append(ts)
        left.sort(key=lambda ts: (self._reread_at.get(ts, 0), -wire.second(ts)))
        if self._client.hearing.slow:
            left = left[:SLOW_RESCAN]
        while left:
            batch, left = left[: self._threads.batch], left[self._threads.batch :]
            threads = [thread for thread in await self._threads.whole(view, batch) if thread is not None]
            yield self._page(threads, str(len(left)) if left else None)
            self._reread_at.update(dict.fromkeys(batch, now))
        self._reread_at = {ts: at for ts, at in self._reread_at.items() if now - at < self._usual.overlap}

    # --- around it

    async def _channel(self) -> Channel:
        return await self._directory.channel(self.spec.name, self.spec.name)

    async def _view(self) -> View:
        channel = await self._channel()
        people = await self._directory.people(self.spec.name)
        return View(channel, Rewriter(channel, self._directory.is_bot, await self._client.archives()), people)

    async def _history(
        self, channel: Channel, window: tuple[int, int] | None, cursor: str | None, *, patient: bool = True
    ) -> HistoryPage:
        try:
            found = await self._client.history(self.spec.name, channel.id, window, cursor, patient=patient)
        except (ForbiddenError, NotFound) as error:
            raise mended(error, self.spec.name) from None
        self._threads.hides_older = self._threads.hides_older or found.hides_older
        return found

    def _adapt(self) -> None:
        """Where a week is many pages of a minute each, a pass goes back an hour and leaves the rest to the rescan."""
        slow = self._client.hearing.slow
        self.spec = replace(self._usual, overlap=SLOW_OVERLAP) if slow else self._usual

    def _page(
        self,
        records: Sequence[Record],
        cursor: str | None,
        versions: dict[str, int] | None = None,
        warning: str | None = None,
        beside: dict[str, str | None] | None = None,
    ) -> SourcePage:
        warnings = [f"{self.spec.name}: {warning}"] if warning else []
        if self._client.hearing.slow:
            warnings.append(SLOW_LINE)
        return SourcePage(
            records=tuple(records),
            cursor=cursor,
            versions=versions or {},
            warnings=tuple(warnings),
            beside=beside or {},
            waiting=self._client.hearing.slow and cursor is not None,  # a minute may pass before there is more
        )
