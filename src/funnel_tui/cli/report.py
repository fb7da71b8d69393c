"""`funnel-tui report`: the figures of a period, for reading or for scripts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from funnel_tui.cli.options import DIMENSIONS, GRAINS, filter_option, period_option, unmatched
from funnel_tui.cli.outside import Outside, pass_outside, say, warn
from funnel_tui.reports import FORMATS

if TYPE_CHECKING:
    from funnel_tui.model.values import Report

SUFFIXES = {".txt": "text", ".json": "json", ".md": "md", ".html": "html", ".htm": "html", ".csv": "csv", ".svg": "svg"}


@click.command(epilog="Example: funnel-tui report --period month --compare year --by team --format json -o nov.json")
@period_option()
@click.option("--compare", type=click.Choice(["previous", "year", "none"]), default="previous", show_default=True)
@click.option("--by", type=click.Choice(DIMENSIONS), metavar="DIM", help=f"Break down by: {' '.join(DIMENSIONS)}.")
@filter_option
@click.option("--series", type=click.Choice(GRAINS), help="Grain of the series; default follows the period.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: text, or what the name of FILE says.")
@click.option("--definitions", is_flag=True, help="Say what each metric means (text, md, html).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE")
@pass_outside
def report(
    outside: Outside,
    period: str,
    compare: str,
    by: str | None,
    filters: dict[str, tuple[str, ...]],
    series: str | None,
    format_: str | None,
    definitions: bool,
    output: Path | None,
) -> None:
    """Print the figures of a period. Reads the cache only."""
    from funnel_tui.metrics import ReportRequest, build_report

    settings = outside.settings
    request = ReportRequest(period=period, compare=compare, at=outside.at, filters=filters, by=by, series=series)
    with outside.reader() as reader:
        for sentence in unmatched(reader, filters):
            warn(sentence)
        built = build_report(reader, settings, request, outside.clock())
    chosen = format_ or (SUFFIXES.get(output.suffix.lower(), "text") if output else "text")
    text = _rendered(built, chosen, outside, settings.savings.currency, definitions, to_file=output is not None)
    if output is None:
        click.echo(text, nl=False, color=True)
    else:
        write_whole(output, text)
        say(f"wrote {output}")


def _rendered(
    report: "Report", format_: str, outside: Outside, currency: str, definitions: bool, *, to_file: bool
) -> str:
    from funnel_tui.reports import render, render_text

    if format_ != "text":
        return render(report, format_, currency=currency, definitions=definitions)
    depth = "none" if to_file and outside.color_choice == "auto" else outside.depth
    return render_text(
        report, color=depth != "none", depth=depth, width=outside.width, definitions=definitions, currency=currency
    )


def write_whole(path: Path, text: str) -> None:
    """Write a file so that its readers see the old text or the new one, never half of it."""
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        path.write_text(text, encoding="utf-8")
        return
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise click.FileError(str(path), hint=error.strerror) from error
