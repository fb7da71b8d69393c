"""Who is staff, and what queues are called: each looked up once and remembered for as long as the program runs."""

from asyncio import Lock
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b

from funnel_tui.model.records import Agent, Team
from funnel_tui.sources.errors import ForbiddenError, NotFound
from funnel_tui.sources.rt import wire
from funnel_tui.sources.rt.client import RtClient, path, quoted
from funnel_tui.sources.text import amount, ident, label

SYSTEM = "1"
NOBODY = "6"
_BUILT_IN = {"RT_System": SYSTEM, "Nobody": NOBODY}
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    staff: bool = False
    """Privileged, as RT calls it."""
    name: str | None = None
    """Of staff only."""


class Directory:
    def __init__(self, client: RtClient) -> None:
        self._client = client
        self._people: dict[str, Person] = {id: Person(id) for id in (SYSTEM, NOBODY)}
        self._queues: dict[str, str | None] = {}
        self._inactive: dict[str, bool] = {"resolved": True, "rejected": True, "deleted": True}
        self._inactive |= dict.fromkeys(("new", "open", "stalled"), False)
        self._wanted = {name.casefold() for name in client.queues}
        self._lock = Lock()
        self._listed = False

    # --- people

    async def people(self, keys: Iterable[str]) -> dict[str, Person]:
        """The people behind ids or names."""
        return {key: await self.person(key) for key in dict.fromkeys(keys)}

    async def person(self, key: str) -> Person:
        key = _BUILT_IN.get(key, key)
        async with self._lock:  # so that two pages read side by side ask once
            found = self._people.get(key)
            if found is None:
                found = await self._look_up(key)
                self._people[key] = self._people[found.id] = found
        return found

    async def id(self, key: str) -> str:
        """The numeric id of a user, whom a server that does not expand references knows by name only."""
        return key if key.isdigit() else (await self.person(key)).id

    def staff(self) -> tuple[Agent, ...]:
        """All staff met so far."""
        return tuple(agent(person) for person in {p.id: p for p in self._people.values() if p.staff}.values())

    async def _look_up(self, key: str) -> Person:
        try:
            user = await self._client.get(None, path("user", key), wire.decode_user)
        except (NotFound, ForbiddenError):
            # Nobody says that it is staff. Without an id the name stands for it, in a form that does not show it.
            return Person(key if key.isdigit() else blake2b(key.encode(), digest_size=8).hexdigest())
        own = (link.id for link in user.links or () if link is not None and link.ref == "self")
        id = ident(user.id) or next(filter(None, map(ident, own)), None)
        if id is None or not id.isdigit():
            id = key if key.isdigit() else blake2b(key.encode(), digest_size=8).hexdigest()
        staff = user.privileged is True or bool(amount(user.privileged))
        name = label(user.real_name) or (label((user.name or "").partition("@")[0])) if staff else None
        return Person(id, staff, name)

    # --- queues

    async def ours(self, queue: str | None) -> bool:
        """Whether a queue, by id or name, is among the configured ones."""
        if not self._wanted:
            return True
        if queue is None:
            return False
        return queue.casefold() in self._wanted or (await self._queue_name(queue) or "").casefold() in self._wanted

    async def queue_id(self, key: str | None) -> str | None:
        """The id of a queue that may have been given by name."""
        if key is None or key.isdigit():
            return key
        if not self._listed:
            await self.list_queues()
        return next((id for id, name in self._queues.items() if name == key), key)

    async def _queue_name(self, id: str) -> str | None:
        async with self._lock:
            if id not in self._queues and not self._listed:
                await self.list_queues()
            if id not in self._queues:
                try:
                    queue = await self._client.get(None, path("queue", id), wire.decode_queue)
                    self._queues[id] = label(queue.name)
                except (NotFound, ForbiddenError):
                    self._queues[id] = None
        return self._queues[id]

    async def list_queues(self, stream: str | None = None) -> tuple[Team, ...]:
        """The queues that the account may see."""
        found: dict[str, str | None] = {}
        for page in range(1, _MOST_PAGES + 1):
            rows = await self._client.rows(stream, "/queues/all", wire.Queue, {"page": page, "fields": "Name"})
            new = {id: label(row.name) for row in rows.items if (id := ident(row.id)) is not None}
            if not new.keys() - found.keys():
                break
            found |= new
            if rows.total is not None and len(found) >= rows.total:
                break
        for id, name in found.items():
            if name is None:
                with suppress(NotFound, ForbiddenError):  # listed all the same
                    queue = await self._client.get(stream, path("queue", id), wire.decode_queue)
                    found[id] = label(queue.name)
        self._queues |= found
        self._listed = True
        return tuple(Team(id=id, name=name) for id, name in found.items())

    def unseen(self, queues: Iterable[Team]) -> list[str]:
        """The configured queues that are not among those the account may see."""
        seen = {text.casefold() for queue in queues for text in (queue.id, queue.name or "")}
        return [name for name in self._client.queues if name.casefold() not in seen]

    # --- statuses

    async def inactive(self, statuses: Iterable[str]) -> Mapping[str, bool]:
        """Which statuses are a close. A site may add its own, and only the server knows what they mean."""
        for status in statuses:
            if status not in self._inactive:
                # Where no ticket is in it now nobody tells: taken for open.
                query = f"Status = {quoted(status)} AND Status = '__Inactive__'"
                rows = await self._client.rows(None, "/tickets", wire.Ticket, {"query": query, "per_page": 1})
                self._inactive[status] = bool(rows.items)
        return self._inactive


def agent(person: Person) -> Agent:
    return Agent(id=person.id, name=person.name)
