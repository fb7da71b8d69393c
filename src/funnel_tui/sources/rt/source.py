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

_SEE_QUEUE = "Give the account the rights SeeQueue and ShowTicket there, or correct `queues` in the configuration."


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
            remarks.append(Remark(False, f"queue {name}", f"unknown, or the account may not see it. {_SEE_QUEUE}"))
        read = [queue for queue in queues if await self._directory.ours(queue.id)]
        for queue in read:
            total = await self._tickets(f"Queue = {quoted(queue.name or queue.id)}")
            if total == 0:
                says = f"no ticket to be seen: it is empty, or the account lacks ShowTicket. {_SEE_QUEUE}"
                remarks.append(Remark(None, f"queue {queue.name}", says))
        if not queues or await self._tickets("id > 0") == 0:
            remarks.append(Remark(False, "tickets", f"the account sees none at all. {_SEE_QUEUE}"))
        elif not remarks:
            remarks.append(Remark(True, "queues", f"{len(read)} to be read"))
        return remarks

    async def _tickets(self, query: str) -> int:
        rows = await self._client.rows(None, "/tickets", wire.Ticket, {"query": query, "per_page": 1})
        return len(rows.items) if rows.total is None else rows.total
