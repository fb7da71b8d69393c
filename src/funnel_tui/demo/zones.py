"""The system's time zone by its IANA name."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")


def system_zone(environ: dict[str, str] | None = None, localtime: Path = LOCALTIME) -> str:
    """From `TZ`, else from where `/etc/localtime` points, else UTC."""
    named = (os.environ if environ is None else environ).get("TZ", "").removeprefix(":")
    linked = str(localtime.resolve()).partition("zoneinfo/")[2] if localtime.is_symlink() else ""
    return next((name for name in (named, linked) if name and _exists(name)), "UTC")


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True
