"""`funnel-tui config`: write a configuration to start from, show it, find it, check it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from funnel_tui import config_file, paths, themes
from funnel_tui.cli.outside import Outside, counted, pass_outside, say
from funnel_tui.errors import UserError
from funnel_tui.settings import Settings
from funnel_tui.toml_lines import KeyPath, key_lines

TEMPLATE = """\
# funnel-tui. Every option is described in config/funnel-tui.example.toml of the project.
# Check this file with `funnel-tui config validate`, then look at the connections with `funnel-tui doctor`.

# timezone = "Europe/Dublin"    # of all reports; default: the system's

[[sources]]
name = "acme"
kind = "intercom"
base_url = "https://api.intercom.io"    # or https://api.eu.intercom.io, https://api.au.intercom.io
token_env = "INTERCOM_TOKEN"            # the environment variable that holds the access token

# [office_hours]
# days = ["mon", "tue", "wed", "thu", "fri"]
# start = "09:00"
# end = "17:00"
"""

MASKED = "********"

Row = tuple[KeyPath, Any]


@click.group(epilog="Example: funnel-tui config init && funnel-tui config validate")
def config() -> None:
    """Write, show, find or check the configuration."""


@config.command(epilog="Example: funnel-tui config init")
@pass_outside
def init(outside: Outside) -> None:
    """Write a configuration to start from. Never overwrites one."""
    outside.refuse_to_write("this writes a configuration")
    path = outside.config_file or paths.config_path()
    try:
        paths.write_private(path, TEMPLATE)
    except FileExistsError:
        raise UserError(f"{path} exists already; edit it, or move it away first") from None
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from None
    click.echo(path)
    say("now put your workspace in, set its token, and run `funnel-tui doctor`")


@config.command(epilog="Example: $EDITOR $(funnel-tui config path)")
@pass_outside
def path(outside: Outside) -> None:
    """Print where the configuration is looked for."""
    click.echo(outside.config_file or paths.config_path())


@config.command(epilog="Example: funnel-tui --config new.toml config validate")
@pass_outside
def validate(outside: Outside) -> None:
    """Check the configuration: exit code 0, or 2 with file, line, key and what is allowed."""
    settings = outside.settings
    own = themes.check()
    if own:
        say(f"{counted(own, 'theme')} in {themes.folder()}: valid")
    if settings.path is None:
        say(f"{paths.config_path()} does not exist; the defaults hold")
    else:
        sources, alerts = counted(len(settings.sources), "source"), counted(len(settings.alerts), "alert")
        say(f"{settings.path} is valid: {sources}, {alerts}")


@config.command(epilog="Example: funnel-tui config show")
@pass_outside
def show(outside: Outside) -> None:
    """Print every value and where it came from; secrets are masked."""
    settings = outside.settings
    lines: dict[KeyPath, int] = {}
    if settings.path is not None:
        lines = key_lines(settings.path.read_text(encoding="utf-8-sig"))
    rows = [(_key(path), _toml(value), _origin(path, settings.path, lines)) for path, value in _values(settings)]
    width = min(70, max(len(key) + len(value) for key, value, _ in rows) + 5)
    for key, value, origin in rows:
        click.echo(f"{f'{key} = {value}':{width}}# {origin}")


def _values(settings: Settings) -> Iterator[Row]:
    """Every option that holds, with its path in the file."""
    yield ("timezone",), settings.zone.key
    for name in ("poll_seconds", "reopen_window_days", "article_rate"):
        yield (name,), getattr(settings, name)
    if settings.office_hours is not None:
        hours = settings.office_hours
        yield ("office_hours", "days"), [config_file.DAYS[day] for day in sorted(hours.days)]
        yield ("office_hours", "start"), f"{hours.start_minute // 60:02}:{hours.start_minute % 60:02}"
        yield ("office_hours", "end"), f"{hours.end_minute // 60:02}:{hours.end_minute % 60:02}"
        yield ("office_hours", "holidays"), [day.isoformat() for day in sorted(hours.holidays)]
    for position, source in enumerate(settings.sources):
        plain = replace(source, options={}, revisit_days=0)
        yield from _present(("sources", position), plain, always=("name", "kind", "base_url"))
        for name in source.options:
            yield ("sources", position, name), "(set)"  # what it holds only its package knows: it may be a secret
    for channel, target in settings.targets.items():
        yield from _present(("targets", channel), target, always=("within", "share"))
    for position, rule in enumerate(settings.alerts):
        always = ("name", "metric", "for_seconds", "cooldown_seconds", "notify")
        yield from _present(("alerts", position), rule, always=always)
    for name, sink in settings.notify.items():
        yield from _present(("notify", name), sink)
    yield from _present(("savings",), settings.savings, always=("currency",))
    yield from _present(("ui",), settings.ui, always=("theme", "glyphs"))
    for name, key in settings.keys.items():
        yield ("keys", *name.split(".")), key


def _present(prefix: KeyPath, holder: Any, always: tuple[str, ...] = ()) -> Iterator[Row]:
    """The fields that are set, in the order in which their class declares them."""
    for name in holder.__dataclass_fields__:
        value = getattr(holder, name)
        if name in always or value not in (None, (), False, {}):
            yield (*prefix, name), _masked(name, value)


def _masked(name: str, value: Any) -> Any:
    if name == "token":
        return MASKED
    if name == "webhook":
        return f"{urlsplit(value).scheme}://{urlsplit(value).hostname}/{MASKED}"
    return value


def _origin(path: KeyPath, file: Path | None, lines: dict[KeyPath, int]) -> str:
    if path in lines:
        return f"{file}:{lines[path]}"
    return "system" if path == ("timezone",) else "default"


def _key(path: KeyPath) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _toml(value: Any) -> str:
    import json

    if hasattr(value, "isoformat"):
        value = value.isoformat()
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
