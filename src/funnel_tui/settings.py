"""The configuration as the program uses it: validated, typed, frozen. Reading the file is `config_file`'s business."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DAY = 86_400
SOURCE_KINDS = "funnel_tui.sources"
"""The entry-point group by which installed packages add kinds of source."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Working hours in the report zone."""

    days: frozenset[int]
    """0 is Monday."""
    start_minute: int
    end_minute: int
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One `[[sources]]` table. The token itself is fetched when it is needed and never kept here."""

    name: str
    kind: str
    base_url: str
    token_env: str | None = None
    token_command: tuple[str, ...] | None = None
    keyring: bool = False
    token: str | None = field(default=None, repr=False)
    since: date | None = None
    """Backfill from here; None means a year ago."""
    email: str | None = None
    account_id: str | None = None
    api_version: str | None = None
    allow_http: bool = False
    channels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    user: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Other keys of the table, for kinds that an installed package adds."""
    revisit_days: int = 7
    """So long after its last message a chat thread is read again: the `reopen_window_days` of all."""


@dataclass(frozen=True, slots=True)
class Target:
    within: int
    """Seconds to the first response."""
    share: float


@dataclass(frozen=True, slots=True)
class AlertRule:
    name: str
    metric: str
    above: float | None = None
    below: float | None = None
    for_seconds: int = 0
    cooldown_seconds: int = 3600
    notify: tuple[str, ...] = ("bell",)


@dataclass(frozen=True, slots=True)
class NotifySink:
    webhook: str | None = field(default=None, repr=False)
    command: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Savings:
    cost_per_contact: float | None = None
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Ui:
    """How the dashboard looks."""

    theme: str = "auto"
    """`auto`, or the name of a theme or of a pair of themes (`themes.choose`)."""
    glyphs: str = "auto"
    """`auto`, `braille`, `block` or `ascii`."""


@dataclass(frozen=True, slots=True)
class Settings:
    zone: ZoneInfo
    sources: tuple[SourceSettings, ...] = ()
    poll_seconds: int = 30
    reopen_window_days: int = 7
    article_rate: str = "viewers"
    office_hours: OfficeHours | None = None
    targets: dict[str, Target] = field(default_factory=dict)
    alerts: tuple[AlertRule, ...] = ()
    notify: dict[str, NotifySink] = field(default_factory=dict)
    savings: Savings = Savings()
    keys: dict[str, str] = field(default_factory=dict)
    ui: Ui = Ui()
    path: Path | None = None
    """The file it was read from; None for defaults."""

    @property
    def reopen_window(self) -> int:
        """Seconds."""
        return self.reopen_window_days * DAY
