"""The fields of REST2's JSON that are read, and no others. Anything may be null or absent; the rest is skipped.

Of users only the id, whether they are staff and, of staff, the name is read: a customer's name is an e-mail address.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct

from funnel_tui.sources.text import Id, Number, Time, ident

T = TypeVar("T")


class Ref(Struct, frozen=True):
    """A user, a queue or a ticket that something else names. A user's `id` is the name unless the numeric one was
    asked for."""

    id: Id = None
    name: str | None = msgspec.field(default=None, name="Name")
    url: str | None = msgspec.field(default=None, name="_url")


Reference = Ref | int | float | str | None
"""An object mostly, a bare id here and there."""


class Transaction(Struct, frozen=True, rename="pascal"):
    id: Id = msgspec.field(default=None, name="id")
    type: str | None = None
    field: str | None = None
    old_value: Id = None
    new_value: Id = None
    created: Time = None
    creator: Reference = None
    object_id: Reference = None


class Ticket(Struct, frozen=True, rename="pascal"):
    id: Id = msgspec.field(default=None, name="id")
    type: str | None = None
    subject: str | None = None
    status: str | None = None
    created: Time = None
    last_updated: Time = None
    creator: Reference = None
    owner: Reference = None
    queue: Reference = None
    requestor: list[Reference] | Reference = None


class Attachment(Struct, frozen=True, rename="pascal"):
    transaction_id: Reference = None
    content: str | None = None


class Queue(Struct, frozen=True, rename="pascal"):
    id: Id = msgspec.field(default=None, name="id")
    name: str | None = None


class Link(Struct, frozen=True):
    ref: str | None = None
    type: str | None = None
    id: Id = None


class User(Struct, frozen=True, rename="pascal"):
    id: Id = msgspec.field(default=None, name="id")
    """Absent where the account may not administrate users; then it is in the link to itself."""
    name: str | None = None
    real_name: str | None = None
    privileged: Number | bool = None
    links: list[Link | None] | None = msgspec.field(default=None, name="_hyperlinks")


class Collection(Struct, frozen=True):
    """A page of rows left undecoded, so that one damaged row cannot take the others with it."""

    items: list[msgspec.Raw] | None = None
    total: Number = None
    """Null wherever the account may not see everything: then rows were taken out of a page after it was cut."""


class Site(Struct, frozen=True, rename="pascal"):
    version: str | None = None


decode_collection = msgspec.json.Decoder(Collection).decode
decode_ticket = msgspec.json.Decoder(Ticket).decode
decode_queue = msgspec.json.Decoder(Queue).decode
decode_user = msgspec.json.Decoder(User).decode
decode_site = msgspec.json.Decoder(Site).decode


def rows(found: Collection, kind: type[T]) -> tuple[list[T], int]:
    """The rows of a page that can be understood, and how many cannot."""
    good: list[T] = []
    for raw in found.items or ():
        try:
            good.append(msgspec.json.decode(raw, type=kind))
        except msgspec.DecodeError:
            continue
    return good, len(found.items or ()) - len(good)


def key(reference: Reference) -> str | None:
    """What a reference holds of the thing it names: its number, or its name where there is nothing else."""
    if not isinstance(reference, Ref):
        return ident(reference)
    found = ident(reference.id) or ident(reference.name)
    number = (reference.url or "").rstrip("/").rpartition("/")[2]
    if (found is None or not found.isdigit()) and number.isascii() and number.isdigit():
        return number
    return found
