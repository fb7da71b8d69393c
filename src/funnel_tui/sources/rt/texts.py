"""The words of messages: attachments, asked for by the transactions they came with, many at once."""

import asyncio
from collections.abc import Iterable, Sequence

from funnel_tui.sources.errors import ForbiddenError, NotFound, Refused, ServerError
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.client import PER_PAGE, RtClient
from funnel_tui.sources.rt.transactions import Step, number
from funnel_tui.sources.text import plain

_WORDS = frozenset({"Create", "Correspond", "Comment"})
_TOGETHER = PER_PAGE


class Texts:
    def __init__(self, client: RtClient, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._refused = False
        """They are read for the eye alone: where the server has none to give, nothing else suffers."""

    async def of(self, steps: Iterable[Step]) -> dict[int, str]:
        """Text by transaction id; nothing where there is none."""
        said = [step.id for step in steps if step.type in _WORDS]
        chunks = [said[start : start + _TOGETHER] for start in range(0, len(said), _TOGETHER)]
        found: dict[int, str] = {}
        for part in await asyncio.gather(*(self._chunk(chunk) for chunk in chunks)):
            found |= part
        return found

    async def _chunk(self, transactions: Sequence[int]) -> dict[int, str]:
        if self._refused:
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
                self._refused = True
                return found
            except ServerError:
                return found  # one attachment that cannot be shown must not stop the tickets
            for row in rows.items:
                transaction, text = number(wire.key(row.transaction_id)), plain(row.content)
                if transaction is not None and text is not None:
                    found.setdefault(transaction, text)  # the first part: what follows is the same as HTML, or a file
            told_all = len(found) == len(transactions)
            if told_all or not rows.items or (rows.total is not None and page * PER_PAGE >= rows.total):
                return found
            page += 1
