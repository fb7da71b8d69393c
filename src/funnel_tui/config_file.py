"""Reads the TOML configuration into `Settings`, or refuses it: file, line, key and what is allowed there."""

import contextlib
import os
import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from funnel_tui import paths
from funnel_tui.config_screen import KeyTables, read_keys, read_ui
from funnel_tui.config_table import Refused, Table, guess
from funnel_tui.errors import ConfigError
from funnel_tui.settings import (
    SOURCE_KINDS,
    AlertRule,
    NotifySink,
    OfficeHours,
    Savings,
    Settings,
    SourceSettings,
    Target,
)
from funnel_tui.toml_lines import KeyPath, key_lines, line_of, syntax_error

KINDS = ("intercom", "zendesk", "chatwoot", "slack", "matrix", "rt", "guru")
"""Those that come with the program; installed packages may add others."""
DEFAULT_URLS = {
    "intercom": "https://api.intercom.io",
    "slack": "https://slack.com/api",
    "guru": "https://api.getguru.com/api/v1",
}
KIND_KEYS: dict[str, tuple[str, ...]] = {
    "intercom": ("api_version",),
    "zendesk": ("email",),
    "chatwoot": ("account_id",),
    "slack": ("channels",),
    "matrix": ("channels",),
    "rt": ("queues", "user"),
    "guru": ("user",),
}
CREDENTIALS = ("token_env", "token_command", "keyring", "token")
BUILT_IN_SINKS = ("bell", "toast", "desktop")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
IMPORT_WORKSPACE = "import"
"""Where imported files go unless they say otherwise; no source may take the name."""


def load(
    path: Path | None,
    *,
    metric_ids: Callable[[], Collection[str]] | None = None,
    keys: Callable[[], KeyTables] | None = None,
) -> Settings:
    """The settings of a file, or of the user's own file where `path` is None.

    Without a file of their own a user has the defaults; a file asked for by name must exist. `metric_ids` gives the
    ids that alerts may name, `keys` those of the dashboard's keys; they are called only where the file has some.
    Raises ConfigError.
    """
    own = path is None
    path = path or paths.config_path()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if own:
            return Settings(zone=system_zone())
        raise ConfigError("no such file; `funnel-tui config init` writes one to start from", file=path) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 text (byte {error.start})", file=path) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path) from None
    return parse(text, path, metric_ids=metric_ids, keys=keys)


def parse(
    text: str,
    path: Path | None = None,
    *,
    metric_ids: Callable[[], Collection[str]] | None = None,
    keys: Callable[[], KeyTables] | None = None,
) -> Settings:
    """The settings of a TOML text. `path` is where errors say that they are. Raises ConfigError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, line = syntax_error(error, text)
        raise ConfigError(message, file=path, line=line) from None
    try:
        return _settings(Table(data, ()), path, metric_ids, keys)
    except Refused as refused:
        line = line_of(refused.path, key_lines(text))
        raise ConfigError(refused.message, file=path, line=line, key=_dotted(refused.path)) from None


def system_zone() -> ZoneInfo:
    """The machine's IANA zone: `TZ`, else the link at /etc/localtime, else /etc/timezone, else UTC."""
    for name in _zone_names():
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def _zone_names() -> list[str]:
    names = []
    if tz := os.environ.get("TZ"):
        names.append(tz.removeprefix(":").rpartition("zoneinfo/")[2])
    names.append(os.path.realpath("/etc/localtime").rpartition("zoneinfo/")[2])
    with contextlib.suppress(OSError, UnicodeDecodeError):
        names.append(Path("/etc/timezone").read_text(encoding="ascii").strip())
    return names


def _settings(
    root: Table,
    path: Path | None,
    metric_ids: Callable[[], Collection[str]] | None,
    keys: Callable[[], KeyTables] | None,
) -> Settings:
    zone = _zone(root)
    days = root.whole("reopen_window_days", 7, 1, 90)
    sources = tuple(replace(source, revisit_days=days) for source in _sources(root))
    notify = {name: _sink(table) for name, table in _named_tables(root, "notify")}
    for name in BUILT_IN_SINKS:
        if name in notify:
            raise Refused(("notify", name), f"{name!r} is built in; choose another name")
    settings = Settings(
        zone=zone,
        sources=sources,
        poll_seconds=root.whole("poll_seconds", 30, 1, 86_400),
        reopen_window_days=days,
        article_rate=root.text("article_rate", among=("viewers", "views")) or "viewers",
        office_hours=_office_hours(root.table("office_hours")),
        targets={channel: _target(table) for channel, table in _named_tables(root, "targets")},
        alerts=_alerts(root, (*BUILT_IN_SINKS, *notify), metric_ids),
        notify=notify,
        savings=_savings(root.table("savings")),
        keys=read_keys(root.table("keys"), keys),
        ui=read_ui(root.table("ui")),
        path=path,
    )
    root.end()
    return settings


def _zone(root: Table) -> ZoneInfo:
    name = root.text("timezone")
    if name is None:
        return system_zone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from zoneinfo import available_timezones  # reads the whole zone directory: for the message only

        closest = guess(name, available_timezones())
        raise root.refuse("timezone", f'{name!r} is no IANA zone{closest}; allowed: names as "Europe/Dublin"') from None


def _named_tables(root: Table, name: str) -> list[tuple[str, Table]]:
    parent = root.table(name)
    return [] if parent is None else [(key, Table(value, (name, key))) for key, value in parent.data.items()]


def _sources(root: Table) -> tuple[SourceSettings, ...]:
    found: list[SourceSettings] = []
    for table in root.tables("sources"):
        source = _source(table)
        if any(source.name == other.name for other in found):
            raise table.refuse("name", f"{source.name!r} is taken by another source; names must be unique")
        found.append(source)
    return tuple(found)


def _source(table: Table) -> SourceSettings:
    name = table.need("name")
    if not name.isprintable() or name.strip() != name or len(name) > 60:
        raise table.refuse("name", "must be at most 60 printable characters without spaces around them")
    if name == IMPORT_WORKSPACE:
        raise table.refuse("name", f"{name!r} is where imported files go; choose another name")
    kind = _kind(table)
    own = kind in KINDS
    for other, keys in KIND_KEYS.items():
        for key in keys:
            if own and table.has(key) and key not in KIND_KEYS[kind]:
                raise table.refuse(key, f"is for kind = {other!r}, not {kind!r}")
    given = [key for key in CREDENTIALS if table.has(key)]
    if len(given) > 1:
        raise table.refuse(given[1], f"{given[0]} is set as well; set one of: {', '.join(CREDENTIALS)}")
    allow_http = table.flag("allow_http")
    command = table.texts("token_command")
    if table.has("token_command") and not command:
        raise table.refuse("token_command", 'must be a command and its arguments, as ["pass", "intercom"]')
    source = SourceSettings(
        name=name,
        kind=kind,
        base_url=_base_url(table, kind, allow_http),
        token_env=table.text("token_env"),
        token_command=command or None,
        keyring=table.flag("keyring"),
        token=table.text("token"),
        since=table.day("since"),
        email=table.text("email"),
        account_id=_account_id(table),
        api_version=table.text("api_version"),
        allow_http=allow_http,
        channels=table.texts("channels"),
        queues=table.texts("queues"),
        user=table.text("user"),
        options={} if own else table.rest(),
    )
    table.end()
    if kind == "chatwoot" and source.account_id is None:
        raise Refused(table.path, "needs 'account_id', the number in the address of the Chatwoot dashboard")
    if kind in ("slack", "matrix") and not source.channels:
        raise Refused(
            table.path, f"needs 'channels', as [\"#ask-support{':example.org' if kind == 'matrix' else ''}\"]"
        )
    return source


def _kind(table: Table) -> str:
    """A built-in kind, or one that an installed package adds; asking for the latter costs time that others need not
    pay."""
    kind = table.need("kind")
    if kind in KINDS:
        return kind
    from importlib.metadata import entry_points

    return table.need("kind", among=(*KINDS, *sorted(point.name for point in entry_points(group=SOURCE_KINDS))))


def _account_id(table: Table) -> str | None:
    value = table.raw("account_id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return table.text("account_id")


_OWN_URLS = {
    "chatwoot": "https://app.chatwoot.com or your own site",
    "matrix": "https://matrix.example.org, the homeserver's address",
    "rt": "https://rt.example.org, the site's address",
    "zendesk": "https://yours.zendesk.com",
}
"""What to write where every customer has an address of their own."""


def _base_url(table: Table, kind: str, allow_http: bool) -> str:
    value = table.text("base_url")
    if value is None:
        if kind in DEFAULT_URLS or kind not in KINDS:
            return DEFAULT_URLS.get(kind, "")
        raise Refused(table.path, f"needs 'base_url', as {_OWN_URLS[kind]}")
    _check_url(table, "base_url", value, allow_http, "unless allow_http = true")
    return value.rstrip("/")


def _check_url(table: Table, name: str, value: str, allow_http: bool, hint: str) -> None:
    from urllib.parse import urlsplit  # brings ipaddress along, which not every start needs

    try:
        url = urlsplit(value)
        host, _ = url.hostname, url.port
    except ValueError:
        raise table.refuse(name, "is no URL") from None
    if url.scheme not in ("http", "https") or not host or not value.isprintable() or " " in value:
        raise table.refuse(name, 'must be a URL, as "https://api.example.com"')
    if url.username is not None or url.password is not None:
        raise table.refuse(name, "must not hold a user or a password")
    if url.scheme == "http" and not allow_http and not is_loopback(host):
        raise table.refuse(name, f"plain http can be read on its way: use https {hint}".rstrip())


def is_loopback(host: str) -> bool:
    """True where a host name means this machine."""
    if host == "localhost":
        return True
    from ipaddress import ip_address  # only for the rare host written in figures

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _office_hours(table: Table | None) -> OfficeHours | None:
    if table is None:
        return None
    days = table.texts("days")
    for day in days:
        if day not in DAYS:
            raise table.refuse("days", f"{day!r} is not allowed{guess(day, DAYS)}; allowed: {', '.join(DAYS)}")
    if not days:
        raise Refused(table.path, f"needs 'days', some of: {', '.join(DAYS)}")
    start, end = table.minute("start"), table.minute("end")
    if start >= end:
        raise table.refuse("end", "must be later than start")
    holidays = table.raw("holidays") or []
    if not isinstance(holidays, list):
        raise table.refuse("holidays", 'must be a list of dates, as ["2026-12-25"]')
    table_days = frozenset(table.as_day("holidays", value) for value in holidays)
    table.end()
    return OfficeHours(frozenset(DAYS.index(day) for day in days), start, end, table_days)


def _target(table: Table) -> Target:
    for name in ("within", "share"):
        if not table.has(name):
            raise Refused(table.path, f"needs {name!r}, as {{ within = 60, share = 0.45 }}")
    target = Target(within=table.whole("within", 0, 1, 31_536_000), share=table.number("share", 0, 1) or 0.0)
    table.end()
    return target


def _alerts(
    root: Table, sinks: Collection[str], metric_ids: Callable[[], Collection[str]] | None
) -> tuple[AlertRule, ...]:
    tables = root.tables("alerts")
    known = metric_ids() if metric_ids is not None and tables else None
    rules: list[AlertRule] = []
    for table in tables:
        rule = AlertRule(
            name=table.need("name"),
            metric=table.need("metric"),
            above=table.number("above"),
            below=table.number("below"),
            for_seconds=table.whole("for_seconds", 0, 0, 604_800),
            cooldown_seconds=table.whole("cooldown_seconds", 3600, 0, 604_800),
            notify=table.texts("notify") if table.has("notify") else ("bell",),
        )
        table.raw("notify")
        table.end()
        if any(rule.name == other.name for other in rules):
            raise table.refuse("name", f"{rule.name!r} is taken by another alert; names must be unique")
        if rule.above is None and rule.below is None:
            raise Refused(table.path, "needs 'above' or 'below'")
        if known is not None and rule.metric not in known:
            raise table.refuse("metric", f"{rule.metric!r} is no metric{guess(rule.metric, known)}")
        for sink in rule.notify:
            if sink not in sinks:
                allowed = ", ".join(sinks)
                raise table.refuse("notify", f"{sink!r} is not known{guess(sink, sinks)}; allowed: {allowed}")
        rules.append(rule)
    return tuple(rules)


def _sink(table: Table) -> NotifySink:
    webhook, command = table.text("webhook"), table.texts("command")
    if webhook is not None:
        _check_url(table, "webhook", webhook, False, "")
    table.end()
    if (webhook is None) == (not command):
        raise Refused(table.path, "needs either 'webhook' or 'command'")
    return NotifySink(webhook=webhook, command=command or None)


def _savings(table: Table | None) -> Savings:
    if table is None:
        return Savings()
    cost = table.number("cost_per_contact", 0, 1_000_000)
    currency = table.text("currency") or "USD"
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise table.refuse("currency", 'must be a three-letter code, as "USD"')
    table.end()
    return Savings(cost, currency)


def _dotted(path: KeyPath) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
