"""What a reading tells, in short."""

from funnel_tui.model.records import Event, Kind, Page, Record, Thread
from funnel_tui.sources.chatwoot.source import ChatwootSource
from tests.sources.chatwoot.small_chatwoot import NOW

LO = NOW - 9_000


async def pages(source: ChatwootSource, stream: str = "conversations", lo: int = LO, hi: int = NOW) -> list[Page]:
    return [page async for page in source.read(stream, lo, hi)]


async def records(source: ChatwootSource, stream: str = "conversations", lo: int = LO, hi: int = NOW) -> list[Record]:
    return [record for page in await pages(source, stream, lo, hi) for record in page.records]


async def thread(source: ChatwootSource) -> Thread:
    (found,) = [record for record in await records(source) if isinstance(record, Thread)]
    return found


async def events(source: ChatwootSource) -> tuple[Event, ...]:
    return (await thread(source)).events


async def kinds(source: ChatwootSource) -> list[tuple[int, Kind]]:
    """Seconds after `LO`, and what happened then."""
    return [(event.at - LO, event.kind) for event in await events(source)]


def ids(found: list[Page]) -> list[str]:
    return [record.conversation.id for page in found for record in page.records if isinstance(record, Thread)]
