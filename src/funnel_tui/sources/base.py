"""What the built-in sources share: a workspace is an HTTP client and a list of streams."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import ClassVar

from funnel_tui.model.abilities import Abilities
from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.pacing import HeadRoom
from funnel_tui.sources.protocol import Identity, Remark, SourcePage, StreamSpec

HttpFactory = Callable[..., HttpClient]
"""Makes the client; tests pass one with a transport and a clock of their own."""


class Stream(ABC):
    """One stream of a provider. A subclass has a `spec` and overrides what that promises."""

    spec: StreamSpec

    @abstractmethod
    async def probe(self) -> None:
        """One cheap request that raises if the credential may not read this."""

    @abstractmethod
    def read(self, lo: int, hi: int, cursor: str | None, known: Mapping[str, int]) -> AsyncIterator[SourcePage]:
        """As `Source.read`."""

    def reread(self, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        raise ValueError(f"{self.spec.name} reads nothing again")

    async def count(self, lo: int, hi: int) -> int | None:
        return None

    async def position(self) -> str:
        raise ValueError(f"{self.spec.name} is no feed")

    def follow(self, position: str) -> AsyncIterator[SourcePage]:
        raise ValueError(f"{self.spec.name} is no feed")


class HttpSource(ABC):
    """A `Source` made of streams. A subclass says how to identify itself and what it can tell."""

    kind: ClassVar[str]
    abilities: ClassVar[Abilities]

    def __init__(self, settings: SourceSettings, http: HttpClient, streams: Sequence[Stream]) -> None:
        self.name = settings.name
        self.since = None
        if settings.since is not None:
            self.since = int(datetime.combine(settings.since, time(), UTC).timestamp())
        self.http = http
        self._streams = {stream.spec.name: stream for stream in streams}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.http.base_url!r})"

    @property
    def requests(self) -> int:
        return self.http.requests

    @property
    def head_room(self) -> HeadRoom | None:
        return self.http.head_room

    @property
    def clock_skew(self) -> float | None:
        return self.http.clock_skew

    def server_now(self) -> int:
        return self.http.server_now()

    def streams(self) -> Sequence[StreamSpec]:
        return tuple(stream.spec for stream in self._streams.values())

    @abstractmethod
    async def identify(self) -> Identity:
        """As `Source.identify`; an error's `mend` says what helps with this provider."""

    async def examine(self) -> Sequence[Remark]:
        return ()

    async def probe(self, stream: str) -> None:
        await self._stream(stream).probe()

    def read(
        self, stream: str, lo: int, hi: int, cursor: str | None = None, known: Mapping[str, int] | None = None
    ) -> AsyncIterator[SourcePage]:
        return self._stream(stream).read(lo, hi, cursor, known or {})

    def reread(self, stream: str, ids: Sequence[str]) -> AsyncIterator[SourcePage]:
        return self._stream(stream).reread(ids)

    async def count(self, stream: str, lo: int, hi: int) -> int | None:
        return await self._stream(stream).count(lo, hi)

    async def position(self, stream: str) -> str:
        return await self._stream(stream).position()

    def follow(self, stream: str, position: str) -> AsyncIterator[SourcePage]:
        return self._stream(stream).follow(position)

    async def close(self) -> None:
        await self.http.close()

    def _stream(self, name: str) -> Stream:
        found = self._streams.get(name)
        if found is None:
            raise ValueError(f"{self.kind} has no stream {name!r}")
        return found
