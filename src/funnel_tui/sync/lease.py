"""One poller a cache: the lease, its heartbeat, and taking over from a process that died."""

import asyncio
import os
import socket
import uuid
from collections.abc import Sequence

from funnel_tui.model.clock import Clock
from funnel_tui.sync.cache import Cache

TTL = 60
"""Seconds after which a silent holder has lost the lease."""
BEAT = 20.0

OTHER_POLLS = "another funnel-tui is polling this cache; this one reads what it brings"

_SIGNATURE = "poller"
"""Beside each workspace's streams stands who polls it, so that others can see whether that process still lives."""


class LeaseLost(Exception):
    """Somebody else polls now, perhaps because this machine slept."""


def new_holder() -> str:
    """A name that no other poller has, and that tells where it runs."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def take(cache: Cache, holder: str, workspaces: Sequence[str], wall: Clock) -> bool:
    """Get the lease, also from a holder on this host that was killed. False where somebody else is polling."""
    taken = cache.acquire_lease(holder, wall(), TTL)
    if not taken:
        for other in {cache.state(workspace, _SIGNATURE) for workspace in workspaces}:
            if other is not None and _is_dead(other):
                cache.release_lease(other)
        taken = cache.acquire_lease(holder, wall(), TTL)
    if taken:
        for workspace in workspaces:
            cache.write(workspace, (), stream=_SIGNATURE, state=holder)
    return taken


async def keep(cache: Cache, holder: str, wall: Clock) -> None:
    """Renew the lease until cancelled. Raises `LeaseLost`."""
    while True:
        await asyncio.sleep(BEAT)
        if not cache.acquire_lease(holder, wall(), TTL):
            raise LeaseLost


def _is_dead(holder: str) -> bool:
    """True only for a process of this host that certainly does not run any more."""
    host, _, rest = holder.rpartition("/")[0].rpartition("/")
    if os.name != "posix" or host != socket.gethostname() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)  # signal 0 only asks
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
