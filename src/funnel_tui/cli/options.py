"""Options that several commands share, checked where they are written."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from funnel_tui.cli.outside import YEARS

if TYPE_CHECKING:
    from funnel_tui.store import Reader

PERIODS = (
    *("today", "yesterday", "week", "month", "quarter", "year"),
    *("last-7d", "last-28d", "last-90d", "last-365d"),
)
FILTERS = ("team", "channel", "agent", "source", "tag", "origin")
DIMENSIONS = (*FILTERS, "campaign", "article", "topic", "hour", "weekday", "day", "week", "month")
GRAINS = ("hour", "day", "week", "month")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class PeriodType(click.ParamType[str]):
    """A named period, or `FROM..TO` with the end included."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if text in PERIODS or re.fullmatch(r"last-[1-9]\d{0,3}d", text):
            return text
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text)
        if match is None:
            self.fail(f"{text!r} is none of {', '.join(PERIODS)} or FROM..TO, as 2026-11-01..2026-11-15", param, ctx)
        try:
            first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        except ValueError:
            self.fail(f"{text!r} has a date that does not exist", param, ctx)
        if first > last:
            self.fail(f"{text!r} ends before it begins", param, ctx)
        if first.year not in YEARS or last.year not in YEARS:
            self.fail(f"{text!r} lies outside 1970 to 2100", param, ctx)
        return text


class FilterType(click.ParamType[tuple[str, str]]):
    """`key=value`."""

    name = "filter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, found, wanted = str(value).partition("=")
        if not found or not wanted.strip():
            self.fail(f"{value!r} must be key=value, as team=billing", param, ctx)
        if key.strip() not in FILTERS:
            self.fail(f"{key!r} is none of {', '.join(FILTERS)}", param, ctx)
        return key.strip(), wanted.strip()


def collect_filters(pairs: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """Values of one key are "or", keys are "and"."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        found[key] = (*found.get(key, ()), value)
    return found


def unmatched(reader: "Reader", filters: Mapping[str, Sequence[str]]) -> list[str]:
    """A sentence for each value that nothing in the cache can match, whenever it was: most likely it is mistyped."""
    found = []
    for key, values in filters.items():
        known = reader.filter_values(key)
        for value in values:
            if value.casefold() not in known:
                from difflib import get_close_matches

                close = get_close_matches(value.casefold(), sorted(known), n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                found.append(f"--filter {key}={value}: the cache knows no such {key}{hint}")
    return found


def period_option(default: str = "today") -> Decorator:
    return click.option(
        "--period",
        type=PeriodType(),
        default=default,
        show_default=True,
        metavar="P",
        help=f"{' '.join(PERIODS)} or FROM..TO (dates, end included).",
    )


filter_option: Decorator = click.option(
    "--filter",
    "filters",
    type=FilterType(),
    multiple=True,
    metavar="K=V",
    callback=lambda _ctx, _param, value: collect_filters(value),
    help=f"Only where K is V; repeatable. K: {' '.join(FILTERS)}.",
)
