"""Opening a conversation in a browser, where there is one to open it in."""

import os
import sys
import webbrowser
from urllib.parse import urlsplit


def is_web(url: str | None) -> bool:
    """Only http and https: an address comes from a provider and must not start anything else."""
    return url is not None and urlsplit(url).scheme in ("http", "https") and url.isprintable()


def can_browse() -> bool:
    """False over SSH and without a display, where a text browser would take the terminal away from us."""
    if "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ:
        return False
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_url(url: str) -> bool:
    """May take seconds: call it in a thread."""
    return webbrowser.open(url, new=2)
