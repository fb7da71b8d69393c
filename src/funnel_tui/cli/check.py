"""`funnel-tui check`: one metric against thresholds, as monitoring systems call plug-ins."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import click

from funnel_tui.cli.options import filter_option, period_option, unmatched
from funnel_tui.cli.outside import Outside, pass_outside
from funnel_tui.errors import UserError

if TYPE_CHECKING:
    from funnel_tui.model.values import Freshness, MetricValue

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


@dataclass(frozen=True)
class Range:
    """A threshold in the notation of the monitoring plug-ins: it alarms outside `low` to `high`, or inside with `@`."""

    low: float
    high: float
    inside: bool = False
    plain: bool = False
    """Written as one number, whose side depends on the metric."""

    @classmethod
    def parse(cls, text: str) -> "Range":
        """`10`, `10:`, `~:10`, `10:20`, `@10:20`. Raises ValueError."""
        match = re.fullmatch(r"(@?)(?:(~|-?[\d.]+):)?(-?[\d.]+)?", text.strip())
        if match is None or (match[2] is None and match[3] is None):
            raise ValueError(text)
        low = 0.0 if match[2] is None else float("-inf") if match[2] == "~" else float(match[2])
        high = float("inf") if match[3] is None else float(match[3])
        if low > high and match[2] is not None:
            raise ValueError(text)
        return cls(low, high, match[1] == "@", plain=match[2] is None and not match[1])

    def below(self) -> "Range":
        """The same number as a floor instead of a ceiling."""
        return Range(self.high, float("inf"))

    def alarms(self, value: float) -> bool:
        return (self.low <= value <= self.high) is self.inside

    def __str__(self) -> str:
        low = "~" if self.low == float("-inf") else f"{self.low:g}"
        high = "" if self.high == float("inf") else f"{self.high:g}"
        mark = "@" if self.inside else ""
        return f"{mark}{high}" if self.low == 0 and high else f"{mark}{low}:{high}"


class RangeType(click.ParamType[Range]):
    name = "range"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Range:
        if isinstance(value, Range):
            return value
        try:
            return Range.parse(str(value))
        except ValueError:
            self.fail(f"{value!r} is no threshold: a number, or a range as 10: or 5:20 or @5:20", param, ctx)


class UnknownUsage(click.UsageError):
    exit_code = UNKNOWN


class CheckCommand(click.Command):
    """Whatever keeps the plug-in from measuring is UNKNOWN (3): 2 would ring the critical bell."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise UnknownUsage(error.message, error.ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.UsageError, BrokenPipeError):
            raise
        except UserError as error:
            _finish(UNKNOWN, str(error))
        except Exception as error:  # a monitoring system shows the one line, not a traceback
            _finish(UNKNOWN, f"{type(error).__name__}: {error}" if not str(error) else str(error))


@click.command(cls=CheckCommand, epilog="Example: funnel-tui check queue.waiting --warn 10 --crit 20")
@click.argument("metric")
@click.option(
    "--warn", type=RangeType(), required=True, metavar="N", help="Warning beyond N; ranges as 5:20, 10:, @5:20."
)
@click.option("--crit", type=RangeType(), required=True, metavar="N", help="Critical beyond N.")
@period_option()
@filter_option
@pass_outside
def check(
    outside: Outside, metric: str, warn: Range, crit: Range, period: str, filters: dict[str, tuple[str, ...]]
) -> None:
    """Compare METRIC with thresholds: exit code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

    One number alarms above it; below it where a higher value is better, or where --crit is less than --warn.
    Durations are seconds, shares 0 to 1.
    """
    from funnel_tui.metrics import CATALOGUE, ReportRequest, current_freshness, measure_only

    if metric not in CATALOGUE:
        from difflib import get_close_matches

        close = get_close_matches(metric, CATALOGUE, n=1)
        _finish(UNKNOWN, f"{metric!r} is no metric" + (f", did you mean {close[0]!r}?" if close else ""))
    settings = outside.settings
    request = ReportRequest(period=period, compare="none", at=outside.at, filters=filters)
    with outside.reader() as reader:
        if mistyped := unmatched(reader, filters):
            _finish(UNKNOWN, "; ".join(mistyped))
        value = measure_only(reader, settings, request, [metric], outside.clock())[metric]
        freshness = current_freshness(reader, settings, outside.clock())
    _judge(value, freshness, warn, crit)


def _judge(metric: "MetricValue", freshness: "tuple[Freshness, ...]", warn: Range, crit: Range) -> NoReturn:
    from funnel_tui.charts.format import format_plain

    spec, value = metric.spec, metric.value
    if value is None:
        _finish(UNKNOWN, f"{spec.id}: {metric.reason or 'nothing to measure in this period'}")
    if warn.plain and crit.plain and _lower_is_worse(warn, crit, spec.direction.value):
        warn, crit = warn.below(), crit.below()
    state = CRITICAL if crit.alarms(value) else WARNING if warn.alarms(value) else OK
    unit = "s" if spec.unit.value == "seconds" else ""
    shown = f"{spec.label} {format_plain(value, spec.unit)}"
    beside = "" if metric.n is None else f" (n {metric.n:,})"
    lag = [f"{fresh.name} {fresh.state}" for fresh in freshness if fresh.state not in ("ok", "partial")]
    stale = f", data: {'; '.join(lag)}" if lag else ""
    limits = (
        "" if spec.unit.value not in ("count", "ratio", "seconds") else "0;1" if spec.unit.value == "ratio" else "0"
    )
    _finish(state, f"{shown}{beside}{stale}", f"'{spec.id}'={value:g}{unit};{warn};{crit};{limits}")


def _lower_is_worse(warn: Range, crit: Range, direction: str) -> bool:
    if warn.high != crit.high:
        return crit.high < warn.high
    return direction == "up"


def _finish(state: int, message: str, performance: str = "") -> NoReturn:
    click.echo(f"FUNNEL {STATES[state]} - {' '.join(message.split())}" + (f" | {performance}" if performance else ""))
    raise click.exceptions.Exit(state)
