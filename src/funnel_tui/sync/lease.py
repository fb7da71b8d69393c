"""One poller a cache: the lease, its heartbeat, and taking over from a process that died."""

import asyncio
import os
import socket
import uuid
from contextlib import suppress

from funnel_tui.errors import UserError
from funnel_tui.model.clock import Clock
from funnel_tui.sync.cache import Cache, is_busy

TTL = 60
"""Seconds after which a silent holder has lost the lease."""
BEAT = 20.0


class LeaseLost(Exception):
    """Somebody else polls now, perhaps because this machine slept."""


def new_holder() -> str:
    """A name that no other poller has, and that tells where it runs."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def take(cache: Cache, holder: str, wall: Clock) -> bool:
    """Get the lease, also from a holder on this host that was killed. False where somebody else is polling."""
    if cache.acquire_lease(holder, wall(), TTL):
        return True
    other = cache.lease_holder()
    if other is not None:
        if not _is_dead(other):
            return False
        cache.release_lease(other)
    return cache.acquire_lease(holder, wall(), TTL)


def give_back(cache: Cache, holder: str) -> None:
    """Let others poll. Where the cache cannot be written the lease runs out by itself."""
    with suppress(UserError):
        cache.release_lease(holder)


async def keep(cache: Cache, holder: str, wall: Clock) -> None:
    """Renew the lease until cancelled. Raises `LeaseLost`."""
    while True:
        await asyncio.sleep(BEAT)
        try:
            kept = cache.acquire_lease(holder, wall(), TTL)
        except UserError as error:
            if not is_busy(error):
                raise
            continue  # nobody can take it meanwhile either
        if not kept:
            raise LeaseLost


def who_polls(cache: Cache) -> str:
    """The holder in words."""
    host, pid = _place(cache.lease_holder() or "")
    if pid is None:
        return "another funnel-tui"
    return f"another funnel-tui (pid {pid})" if host == socket.gethostname() else f"another funnel-tui (on {host})"


def _place(holder: str) -> tuple[str, int | None]:
    """Host and process id; no id for a holder that is not one of ours."""
    host, _, pid = holder.rpartition("/")[0].rpartition("/")
    return host, int(pid) if pid.isascii() and pid.isdigit() else None


def _is_dead(holder: str) -> bool:
    """True only for a process of this host that certainly does not run any more."""
    host, pid = _place(holder)
    if os.name != "posix" or host != socket.gethostname() or pid is None:
        return False
    try:
        os.kill(pid, 0)  # signal 0 only asks
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
