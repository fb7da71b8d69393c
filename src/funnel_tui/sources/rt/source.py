"""Request Tracker as a `Source`."""

from collections.abc import Sequence

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory, HttpSource
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.protocol import Identity, Remark
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.abilities import ABILITIES
from funnel_tui.sources.rt.client import RtClient, quoted
from funnel_tui.sources.rt.directory import Directory
from funnel_tui.sources.rt.people import People
from funnel_tui.sources.rt.tickets import Tickets
from funnel_tui.sources.rt.transactions import OF_TICKETS

_RIGHTS = "Give the account the rights SeeQueue and ShowTicket there, or correct `queues` in the configuration."


class RtSource(HttpSource):
    kind = "rt"
    abilities = ABILITIES

    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        """`base_url` is the root of the site. With `user`, the token is that user's password."""
        self._client = RtClient(settings, token, http)
        self._directory = Directory(self._client)
        streams = (Tickets(self._client, self._directory), People(self._client, self._directory))
        super().__init__(settings, self._client.http, streams)

    async def identify(self) -> Identity:
        return Identity(workspace=None, name=None, api_version=await self._client.version())

    async def examine(self) -> Sequence[Remark]:
        """What the account may see. Rights go by queue; without them everything looks empty, and nothing says so."""
        remarks = []
        queues = await self._directory.list_queues()
        for name in self._directory.unseen(queues):
            remarks.append(Remark(False, f"queue {name}", f"unknown, or the account may not see it. {_RIGHTS}"))
        for queue in queues if self._client.queues else ():
            if await self._directory.ours(queue.id) and not await self._tickets(f"Queue = {quoted(queue.id)}"):
                says = f"no ticket to be seen: it is empty, or the account lacks ShowTicket. {_RIGHTS}"
                remarks.append(Remark(None, f"queue {queue.name}", says))
        if not await self._tickets("id > 0"):
            remarks.append(Remark(False, "tickets", f"the account sees none at all. {_RIGHTS}"))
        rows = await self._client.rows(None, "/transactions", wire.Transaction, {"query": OF_TICKETS, "per_page": 1})
        if rows.total is None:
            says = "the account may not see everything: all figures are of the tickets that it may see"
            remarks.append(Remark(None, "rights", says))
        return remarks or [Remark(True, "rights", "the account sees all tickets")]

    async def _tickets(self, query: str) -> int:
        rows = await self._client.rows(None, "/tickets", wire.Ticket, {"query": query, "per_page": 1})
        return len(rows.items) if rows.total is None else rows.total
