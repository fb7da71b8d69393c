"""One poller a cache: the lease and its heartbeat."""

import asyncio
import os
import socket
import uuid

from funnel_tui.model.clock import Clock
from funnel_tui.sync.cache import Cache

TTL = 30
"""Seconds after which a silent holder has lost the lease."""
BEAT = 10.0

OTHER_POLLS = "another funnel-tui on this host is polling; this one reads what it brings"


class LeaseLost(Exception):
    """Somebody else polls now, perhaps because this machine slept."""


def new_holder() -> str:
    """A name that no other poller has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


async def keep(cache: Cache, holder: str, wall: Clock) -> None:
    """Renew the lease until cancelled. Raises `LeaseLost`."""
    while True:
        await asyncio.sleep(BEAT)
        if not cache.acquire_lease(holder, wall(), TTL):
            raise LeaseLost
