"""`python -m benchmarks`: measure, print the tables, write JSON and docs/benchmarks.md."""

import argparse
import sys
import tempfile
import time
from os import getloadavg
from pathlib import Path

from benchmarks.bench import ROOT, Bench
from benchmarks.budgets import GROUPS as BUDGETED
from benchmarks.groups import GROUPS, run
from benchmarks.joined import join
from benchmarks.tables import machine, to_json, to_markdown

PAGE = ROOT / "docs" / "benchmarks.md"


def main(arguments: list[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    if options.join:
        tables, about = join(options.join)
        PAGE.write_text(to_markdown(tables, about), encoding="utf-8")
        return 0
    only = tuple(options.only or (BUDGETED if options.budgets else GROUPS))
    about = machine()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="funnel-tui-benchmarks-", dir=options.keep) as folder:
        bench = Bench(
            Path(folder),
            tuple(sorted(options.sizes)),
            options.runs,
            int(time.time()),
            options.seconds,
            _narrate,
            options.keep,
            options.patience,
            options.largest_peer,
            options.stall,
            options.soak_hours,
            options.soak_speed,
            options.kills,
            options.peer,
        )
        tables = {id: run(GROUPS[id], bench) for id in GROUPS if id in only}
    about["load at the end"] = round(getloadavg()[0], 1)
    page = to_markdown(tables, {**about, "runs": options.runs}, budgets_only=options.budgets)
    sys.stdout.write(page)
    if options.json is not None:
        options.json.write_text(to_json(tables, about), encoding="utf-8")
    if set(only) == set(GROUPS) and not options.budgets:  # a part of it would replace the whole
        PAGE.write_text(page, encoding="utf-8")
    return 0


def _narrate(text: str) -> None:
    sys.stderr.write(f"{text} ...\n")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure funnel-tui on this machine.")
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[10_000, 100_000],
        metavar="N",
        help="conversations in the caches; default 10000 100000; the budgets speak of 5000000, which takes hours",
    )
    parser.add_argument("--only", nargs="+", choices=GROUPS, help="groups to measure; docs/benchmarks.md then stays")
    parser.add_argument(
        "--budgets",
        action="store_true",
        help="print the budgets, and other Textual apps beside them; measure only what that needs",
    )
    parser.add_argument("--runs", type=int, default=5, help="times that what is quick is measured; default 5")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long the idle dashboard is watched; default 60"
    )
    parser.add_argument(
        "--stall", type=float, default=60.0, metavar="SECONDS", help="how long a terminal does not read; default 60"
    )
    parser.add_argument(
        "--soak-hours", type=float, default=8.0, metavar="H", help="hours of the demo's time in the soak; default 8"
    )
    parser.add_argument(
        "--soak-speed", type=float, default=60.0, metavar="N", help="the demo's seconds to one of ours; default 60"
    )
    parser.add_argument("--kills", type=int, default=10, metavar="N", help="syncs that are killed; default 10")
    parser.add_argument(
        "--peer", action="store_true", help="install dolphie, from PyPI into its own folder, and measure it as well"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="leave the caches, and the peers' files, there; a later run takes them if they are of the same making."
        " Whole processes look at them from today: keep them for hours, not for weeks",
    )
    parser.add_argument(
        "--largest-peer",
        type=int,
        metavar="N",
        help="conversations up to which naive SQL and DuckDB are asked too: they take minutes to load and to answer",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="what is slow is not measured once more after so long; default 20",
    )
    parser.add_argument(
        "--join", type=Path, nargs="+", metavar="FILE", help="measure nothing: write the page of these runs' --json"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
