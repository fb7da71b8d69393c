"""The root command: global options, lazily imported subcommands, and what an error looks like from outside."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from funnel_tui import __version__
from funnel_tui.cli.outside import Outside, parse_moment_text
from funnel_tui.errors import ConfigError, UserError

COMMANDS = {
    "dash": "dash:dash",
    "demo": "demo:demo",
    "sync": "sync:sync",
    "record": "sync:record",
    "watch": "watch:watch",
    "report": "report:report",
    "status": "status:status",
    "check": "check:check",
    "conversations": "conversations:conversations",
    "import": "importing:import_files",
    "doctor": "doctor:doctor",
    "config": "config:config",
}
"""Command to module and object inside this package, in the order of `--help`."""


class Failed(click.ClickException):
    """An error of ours as click shows it: one line on stderr."""

    def show(self, file: Any = None) -> None:
        click.echo(f"funnel-tui: {self.message}", file=file, err=file is None)


class BadConfig(Failed):
    exit_code = ConfigError.exit_code


class ReaderGone(Exception):
    """Whoever read stdout has left. Not an OSError, which click would turn into exit code 1."""


class LazyGroup(click.Group):
    """Imports a command when it is named, and turns errors that their user can mend into one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(f"funnel_tui.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand:
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderGone from None
        except ConfigError as error:
            raise BadConfig(str(error)) from error
        except UserError as error:
            raise Failed(str(error)) from error
        except Exception as error:
            message = _cache_message(error)
            if message is None:
                raise
            raise Failed(message) from error


def _cache_message(error: Exception) -> str | None:
    """The sentence of a cache or provider error; looked up by module so that nothing is imported to find out."""
    for module, name in (("funnel_tui.store.errors", "CacheError"), ("funnel_tui.sources.errors", "SourceError")):
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and isinstance(error, known):
            return str(error)
    return None


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: funnel-tui demo",
)
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="Configuration file.")
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Cache file.")
@click.option(
    "--at",
    metavar="TIME",
    callback=lambda _ctx, _param, value: None if value is None else parse_moment_text(value),
    help="Show the cache as it stood at TIME: ISO 8601 (without an offset in the report zone) or epoch seconds.",
)
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours; auto obeys NO_COLOR."
)
@click.option(
    "--read-only",
    is_flag=True,
    help="Write neither cache nor configuration and poll nothing: for a dashboard on a cache that another funnel-tui "
    "fills, to share a screen. Copying and exporting work.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, db: Path | None, at: Any, color: str, read_only: bool) -> None:
    """Proactive, self-serve and human support, live on one terminal screen.

    Without a command the dashboard opens on the configured sources.
    """
    ctx.obj = Outside(config_file=config, db=db, at_text=at, color_choice=color, read_only=read_only)
    if ctx.invoked_subcommand is None:
        from funnel_tui.cli.dash import dash

        ctx.invoke(dash)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code.

    A reader that went away (`report | head`) is no error to talk about: 141, as a shell reports SIGPIPE.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            result = cli.main(list(arguments), prog_name="funnel-tui", standalone_mode=False)
        except click.ClickException as error:
            error.show()
            result = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            result = 130
        sys.stdout.flush()
    except (ReaderGone, BrokenPipeError):
        # What is still buffered has nowhere to go; without this the interpreter complains when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return result if isinstance(result, int) else 0
