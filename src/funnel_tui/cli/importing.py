"""`funnel-tui import`: canonical JSONL into the cache, all of it or nothing."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from funnel_tui.cli.outside import Outside, narrates, pass_outside, say
from funnel_tui.model.records import Record

SHOWN = 20
"""Refused lines that are named; the rest is counted."""
BATCH = 20_000
"""Records of one workspace that are written at a time."""


@click.command("import", epilog="Example: funnel-tui --db desk.db import conversations.jsonl views.jsonl")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@pass_outside
def import_files(outside: Outside, files: tuple[str, ...]) -> None:
    """Load canonical JSONL (- reads standard input). Nothing is loaded if any line is refused."""
    with ExitStack() as stack:
        opened = [(name, _open(name, stack)) for name in files]
        workspaces = _check(opened)
        store = outside.open_store()
        stack.callback(store.close)
        changed = store.write_all(_batches(opened))
        store.tidy()
    say(f"{sum(workspaces.values()):,} records read, {changed:,} new or changed")


def _open(name: str, stack: ExitStack) -> BinaryIO:
    """The file, rewindable: what comes through a pipe is kept on disk meanwhile."""
    try:
        file: BinaryIO = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115
    except OSError as error:
        raise click.FileError(name, hint=error.strerror) from None
    stack.push(file)
    if file.seekable() and name != "-":
        return file
    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _check(opened: Sequence[tuple[str, BinaryIO]]) -> dict[str, int]:
    """Records by workspace. Names what is refused on stderr and ends the command with 1, if anything is."""
    from funnel_tui.sources.jsonl import Refused, parse

    refused = 0
    workspaces: dict[str, int] = {}
    for name, file in opened:
        for number, result in parse(file):
            if isinstance(result, Refused):
                refused += 1
                if refused <= SHOWN:
                    say(f"{name}:{number}: {result}")
            else:
                workspaces[result[0]] = workspaces.get(result[0], 0) + 1
    if refused:
        more = f", {refused - SHOWN:,} more than shown" if refused > SHOWN else ""
        say(f"{refused:,} line{'' if refused == 1 else 's'} refused{more}; nothing was loaded")
        raise click.exceptions.Exit(1)
    return workspaces


def _batches(opened: Sequence[tuple[str, BinaryIO]]) -> Iterator[tuple[str, list[Record]]]:
    """All records once more, in order within their workspace."""
    from funnel_tui.sources.jsonl import Refused, parse

    waiting: dict[str, list[Record]] = {}
    done = 0
    for name, file in opened:
        file.seek(0)
        for number, result in parse(file):
            if isinstance(result, Refused):
                raise click.ClickException(f"{name}:{number}: changed while it was read; nothing was loaded")
            workspace, record = result
            batch = waiting.setdefault(workspace, [])
            batch.append(record)
            if len(batch) >= BATCH:
                yield workspace, batch
                waiting[workspace] = []
                done += len(batch)
                if narrates():
                    click.echo(f"\r{done:,} records", err=True, nl=False)
    yield from waiting.items()
    if narrates() and done:
        click.echo("\r", err=True, nl=False)
