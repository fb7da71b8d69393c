"""REST2 as calls: the credential, TicketSQL's quoting and dates, pages of rows."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from funnel_tui.settings import SourceSettings
from funnel_tui.sources.base import HttpFactory
from funnel_tui.sources.errors import AuthError, BadBody, ForbiddenError, NotFound
from funnel_tui.sources.http import HttpClient, Request
from funnel_tui.sources.manners import Manners
from funnel_tui.sources.rt import wire
from funnel_tui.sources.text import amount

T = TypeVar("T")

ROOT = "/REST/2.0"
PER_PAGE = 100
"""More is cut to this without a word."""
MANNERS = Manners(in_flight=3, limit=100_000)
"""No quota and no headers, but some 0.3 s of a server process for every request."""
ELSEWHERE = 26 * 3_600
"""TicketSQL reads dates in the account's own time zone, which nothing tells us: no zone is farther from UTC than 14
hours, and a day more costs a few rows."""


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """A page. `total` is None for an account that may not see everything: then the page may have lost rows, all of them
    even, while others follow."""

    items: list[T]
    total: int | None
    broken: int = 0
    """Rows in a form that is not understood."""


class RtClient:
    def __init__(self, settings: SourceSettings, token: str, http: HttpFactory = HttpClient) -> None:
        """With a `user` the token is that user's password."""
        self.queues = settings.queues
        self._user = settings.user
        basic = b64encode(f"{settings.user}:{token}".encode()).decode()
        base = settings.base_url.rstrip("/").removesuffix(ROOT)
        self.http = http(
            name=settings.name,
            base_url=base,
            headers={"Authorization": f"Basic {basic}" if settings.user else f"token {token}"},
            secret=(token, basic) if settings.user else token,
            allow_http=settings.allow_http,
            manners=MANNERS,
        )

    def now(self) -> int:
        return self.http.server_now()

    def link(self, ticket: str) -> str:
        return f"{self.http.base_url}/Ticket/Display.html?id={ticket}"

    async def version(self) -> str | None:
        try:
            site = await self.get(None, "/rt", wire.decode_site)
        except (AuthError, ForbiddenError) as error:
            error.mend = (
                "Check `user` and its password." if self._user else "Check the token: RT's user menu, Settings, Auth "
                "Tokens; for a user name and password set `user`."
            )  # fmt: skip
            raise
        except (NotFound, BadBody) as error:
            error.mend = "base_url is to be the root of a Request Tracker 5 site: its REST2 interface is not there."
            raise
        return site.version

    async def get(
        self,
        stream: str | None,
        path: str,
        decode: Callable[[bytes], T],
        params: Mapping[str, str | int] | None = None,
    ) -> T:
        return await self.http.fetch(Request(stream, "GET", ROOT + path, params=params), decode)

    async def rows(
        self, stream: str | None, path: str, kind: type[T], params: Mapping[str, str | int], body: Any = None
    ) -> Rows[T]:
        """One page of a collection; with `body` it is asked for by POST."""
        asked = {"per_page": PER_PAGE, **params}
        request = Request(stream, "GET" if body is None else "POST", ROOT + path, params=asked, json=body)
        found = await self.http.fetch(request, wire.decode_collection)
        items, broken = wire.rows(found, kind)
        total = amount(found.total)
        return Rows(items, None if total is None else int(total), broken)


def quoted(text: str) -> str:
    """A value of a query."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def either(field: str, values: Iterable[str]) -> str:
    """`IN` is refused."""
    return " OR ".join(f"{field} = {value}" for value in values)


def sql_date(at: int) -> str:
    """A moment as a query takes it. Any other form is read as something else without a word."""
    return quoted(datetime.fromtimestamp(max(0, at), UTC).strftime("%Y-%m-%d %H:%M:%S"))


def path(*parts: str) -> str:
    """A path of which each part may hold anything: a user's name is an e-mail address."""
    return "".join("/" + quote(part, safe="@") for part in parts)
