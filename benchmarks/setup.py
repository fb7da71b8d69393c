"""How the measured caches are set up, for the program in this process and in one of its own."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from funnel_tui.settings import OfficeHours, Settings
from funnel_tui.store import Store

NAME = "acme"
ZONE = ZoneInfo("Europe/Dublin")
SETTINGS = Settings(zone=ZONE, office_hours=OfficeHours(frozenset(range(5)), 540, 1020))

CONFIG = """\
timezone = "{zone}"
poll_seconds = 5

[office_hours]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "09:00"
end = "17:00"
"""
"""The same, for a child."""
SOURCE = """
[[sources]]
name = "acme"
kind = "intercom"
base_url = "{url}"
token_env = "BENCHMARK_TOKEN"
since = "{since}"
"""


BUSY_HOUR = 10
"""By the clock on the wall, when helpdesks have much to do."""


def busy_zone() -> str:
    """A zone where it is that hour now: how much happens must not hang on when it is measured."""
    east = (BUSY_HOUR - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}" if east else "UTC"  # their signs are the other way round


def open_store(path: Path, now: int) -> Store:
    """The cache's writer, as the program opens it; for it, it is the moment at which the made-up helpdesk ends."""
    return Store.open(path, zone=ZONE, office_hours=SETTINGS.office_hours, clock=lambda: now)
