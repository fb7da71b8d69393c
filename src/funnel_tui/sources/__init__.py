"""Where data comes from: one client per provider, all yielding the same canonical records.

Importing this package costs nothing; a provider's client is loaded by `open_source`.
"""

from funnel_tui.sources.errors import (
    AuthError,
    BadBody,
    ForbiddenError,
    InsecureURL,
    NotFound,
    RateLimited,
    Refused,
    ServerError,
    SourceError,
    StaleCursor,
    Unreachable,
)
from funnel_tui.sources.pacing import HeadRoom
from funnel_tui.sources.protocol import Identity, Items, Lane, Remark, Shape, Source, SourcePage, StreamSpec
from funnel_tui.sources.registry import UnknownKind, known_kinds, open_source

__all__ = [
    "AuthError",
    "BadBody",
    "ForbiddenError",
    "HeadRoom",
    "Identity",
    "InsecureURL",
    "Items",
    "Lane",
    "NotFound",
    "RateLimited",
    "Refused",
    "Remark",
    "ServerError",
    "Shape",
    "Source",
    "SourceError",
    "SourcePage",
    "StaleCursor",
    "StreamSpec",
    "UnknownKind",
    "Unreachable",
    "known_kinds",
    "open_source",
]
