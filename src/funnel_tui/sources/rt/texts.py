"""The words of messages: attachments, asked for by the transactions they came with, many at once; from a server that
does not look for attachments, ticket by ticket."""

from collections.abc import Iterable, Sequence

from funnel_tui.sources.errors import ForbiddenError, NotFound, Refused, ServerError
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.client import PER_PAGE, RtClient, path
from funnel_tui.sources.rt.transactions import Step, number
from funnel_tui.sources.text import plain
from funnel_tui.sources.together import together

_WORDS = frozenset({"Create", "Correspond", "Comment"})
_TOGETHER = PER_PAGE


class Texts:
    def __init__(self, client: RtClient, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._by_ticket = False
        self._refused = False
        """They are read for the eye alone: where the server has none to give, nothing else suffers."""

    async def of(self, steps: Iterable[Step]) -> dict[int, str]:
        """Text by transaction id; nothing where there is none."""
        said = [step for step in steps if step.type in _WORDS]
        chunks = [said[start : start + _TOGETHER] for start in range(0, len(said), _TOGETHER)]
        found: dict[int, str] = {}
        if not self._by_ticket:
            for part in await together(self._chunk([step.id for step in chunk]) for chunk in chunks):
                found |= part
        if self._by_ticket:
            tickets = dict.fromkeys(step.ticket for step in said if step.id not in found)
            for part in await together(map(self._ticket, tickets)):
                found |= part
        return found

    async def _ticket(self, ticket: str) -> dict[int, str]:
        found: dict[int, str] = {}
        page = 1
        while not self._refused:
            params: dict[str, str | int] = {"fields": "Content,TransactionId", "page": page}
            try:
                rows = await self._client.rows(
                    self._stream, path("ticket", ticket, "attachments"), wire.Attachment, params
                )
            except Refused:
                self._refused = True
                break
            except (ForbiddenError, NotFound, ServerError):
                break
            before = len(found)
            _keep(rows.items, found)
            if len(rows.items) < PER_PAGE or len(found) == before:
                break
            page += 1
        return found

    async def _chunk(self, transactions: Sequence[int]) -> dict[int, str]:
        if self._by_ticket:
            return {}
        body = [
            {"field": "ContentType", "operator": "LIKE", "value": "text/"},
            *({"field": "TransactionId", "value": str(id), "entry_aggregator": "OR"} for id in transactions),
        ]
        found: dict[int, str] = {}
        page = 1
        while True:
            params: dict[str, str | int] = {"fields": "TransactionId,Content", "page": page}
            try:
                rows = await self._client.rows(self._stream, "/attachments", wire.Attachment, params, body)
            except (ForbiddenError, NotFound, Refused):
                self._by_ticket = True
                return found
            except ServerError:
                return found  # one attachment that cannot be shown must not stop the tickets
            _keep(rows.items, found)
            told_all = len(found) == len(transactions)
            if told_all or not rows.items or (rows.total is not None and page * PER_PAGE >= rows.total):
                return found
            page += 1


def _keep(rows: Iterable[wire.Attachment], found: dict[int, str]) -> None:
    for row in rows:
        transaction, text = number(wire.key(row.transaction_id)), plain(row.content)
        if transaction is not None and text is not None:
            found.setdefault(transaction, text)  # the first part: what follows is the same as HTML, or a file
