"""What every command knows about the outside: files, the moment, colours, and where to talk."""

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel_tui import config_file, paths
from funnel_tui.config_screen import KeyTables
from funnel_tui.errors import UserError
from funnel_tui.model.clock import Clock, system_clock
from funnel_tui.settings import Settings

if TYPE_CHECKING:
    from funnel_tui.store import Reader, Store

PIPE_WIDTH = 100
"""Cells to a line where nobody says how wide the paper is."""

YEARS = range(1970, 2100)
"""The years whose moments and dates can be asked for: those of conversations, and far from what a date can hold."""
LATEST = 4_102_444_800
"""2100-01-01, epoch seconds."""

MomentText = datetime | int
"""`--at` as it was written: naive until the report zone is known."""


def parse_moment_text(text: str) -> MomentText:
    """ISO 8601 or epoch seconds, from 1970 to 2100. Raises click.BadParameter."""
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        if isfinite(seconds):
            return _possible(text, int(seconds), 0 <= seconds < LATEST, milliseconds=seconds >= LATEST)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is neither ISO 8601, as 2026-11-22T16:00, nor epoch seconds", param_hint="--at"
        ) from None
    return _possible(text, moment, moment.year in YEARS)


def _possible(text: str, moment: MomentText, possible: bool, *, milliseconds: bool = False) -> MomentText:
    if not possible:
        hint = "; epoch times are seconds, not milliseconds" if milliseconds else ""
        raise click.BadParameter(f"{text!r} lies outside 1970 to 2100{hint}", param_hint="--at")
    return moment


@dataclass
class Outside:
    """The global options, and what follows from them once it is needed."""

    config_file: Path | None
    db: Path | None
    at_text: MomentText | None
    color_choice: str
    read_only: bool = False
    """Nothing is written: neither the cache nor a configuration."""
    clock: Clock = system_clock

    @cached_property
    def settings(self) -> Settings:
        """Raises ConfigError."""
        return self.read_settings()

    def read_settings(self) -> Settings:
        """The configuration as it stands in its file now. Raises ConfigError."""
        return config_file.load(self.config_file, metric_ids=_metric_ids, keys=_key_tables)

    def having(self, settings: Settings) -> "Outside":
        """The same, with other settings: those of a configuration that has been changed."""
        other = replace(self)
        other.settings = settings
        return other

    @property
    def cache(self) -> Path:
        return self.db or paths.cache_path()

    @cached_property
    def at(self) -> int | None:
        """The as-of moment that was asked for, epoch seconds."""
        if self.at_text is None or isinstance(self.at_text, int):
            return self.at_text
        moment = self.at_text if self.at_text.tzinfo else self.at_text.replace(tzinfo=self.settings.zone)
        return int(moment.timestamp() // 1)

    @contextmanager
    def reader(self) -> "Iterator[Reader]":
        """The cache for reading. Raises CacheError where there is none yet."""
        from funnel_tui.store import Reader

        reader = Reader.open(self.cache, read_only=self.read_only)
        try:
            yield reader
        finally:
            reader.close()

    def open_store(self) -> "Store":
        """The cache for writing, made where there is none. Raises CacheError, or UserError for its folder."""
        self.refuse_to_write("this writes the cache")
        from funnel_tui.store import Store

        try:
            paths.make_private(self.cache.parent)
        except OSError as error:
            raise UserError(f"{error.filename}: {error.strerror}; choose another place with --db") from None
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            store = Store.open(
                self.cache,
                reopen_window=self.settings.reopen_window,
                zone=self.settings.zone,
                office_hours=self.settings.office_hours,
                clock=self.clock,
            )
        for warning in told:
            warn(str(warning.message))
        return store

    def refuse_to_write(self, why: str) -> None:
        """Raises UserError under `--read-only`."""
        if self.read_only:
            raise UserError(f"--read-only: {why}; leave the option out")

    @property
    def depth(self) -> str:
        """How many colours stdout takes: `truecolor`, `256`, `16` or `none`."""
        if self.color_choice == "never":
            return "none"
        if self.color_choice == "auto" and (
            os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
        ):
            return "none"
        if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
            return "truecolor"
        return "256" if "256" in os.environ.get("TERM", "256") else "16"

    @property
    def width(self) -> int:
        """Cells to a line of stdout; COLUMNS decides where it is set."""
        fallback = (PIPE_WIDTH, 24)
        if sys.stdout.isatty() or os.environ.get("COLUMNS"):
            return shutil.get_terminal_size(fallback).columns
        return PIPE_WIDTH


def _metric_ids() -> Collection[str]:
    from funnel_tui.metrics import CATALOGUE

    return CATALOGUE.keys()


def _key_tables() -> KeyTables:
    from funnel_tui.tui.bindings import taken

    return taken()


pass_outside: Callable[[Callable[..., None]], Callable[..., None]] = click.make_pass_decorator(Outside)


def counted(number: int, noun: str) -> str:
    """`1 source`, `2 sources`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def say(text: str) -> None:
    """Narration, on stderr."""
    click.echo(text, err=True)


def warn(text: str) -> None:
    """What its reader had better know although the command goes on, on stderr."""
    say(f"funnel-tui: {text}")


def narrates() -> bool:
    """True where progress is worth showing: stderr is a terminal."""
    return sys.stderr.isatty()
