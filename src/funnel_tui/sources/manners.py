"""How a provider wants to be called: its quotas, where its headers tell of them, and what it calls an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from funnel_tui.sources import answers
from funnel_tui.sources.answers import Complaint
from funnel_tui.sources.pacing import ASSUMED_LIMIT, ASSUMED_WINDOW

MAX_IN_FLIGHT = 15


@dataclass(frozen=True, slots=True)
class Budget:
    """A quota that some calls have to themselves: `limit` requests in `window` seconds. Known by its name."""

    name: str
    limit: int
    window: float


@dataclass(frozen=True, slots=True)
class Quota:
    """What an answer's headers say of the common quota."""

    limit: int | None
    remaining: int | None
    reset: float | None
    """Seconds to go, or an epoch: a small number can only be the former."""


def _quota(headers: Mapping[str, str]) -> Quota | None:
    limit, remaining = headers.get("X-RateLimit-Limit"), headers.get("X-RateLimit-Remaining")
    reset = headers.get("X-RateLimit-Reset")
    if limit is None and remaining is None and reset is None:
        return None
    return Quota(answers.whole(limit), answers.whole(remaining), answers.number(reset))


@dataclass(frozen=True, slots=True)
class Manners:
    in_flight: int = MAX_IN_FLIGHT
    """Requests at the same time."""
    limit: int = ASSUMED_LIMIT
    window: float = ASSUMED_WINDOW
    """Requests in so many seconds, until headers say more."""
    quota: Callable[[Mapping[str, str]], Quota | None] = _quota
    complaint: Callable[[int, Mapping[str, str], bytes], Complaint | None] | None = None
    """The provider's own idea of an error, asked for every answer, those with 200 too. None: the status decides."""
