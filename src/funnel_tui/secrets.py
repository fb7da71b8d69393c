"""Fetches a source's token at the moment it is needed. A token is never kept, printed or put into a message."""

import os
import subprocess
import sys

from funnel_tui.errors import ConfigError
from funnel_tui.settings import SourceSettings

KEYRING_SERVICE = "funnel-tui"
COMMAND_TIMEOUT = 30
"""Seconds; a password manager may ask its owner first."""


def resolve_token(settings: SourceSettings, *, ask: bool = True) -> str:
    """The token of a source, from the first place that its configuration names.

    Without `ask` a command cannot talk to its user: a dashboard has the terminal.

    Raises ConfigError with what to do where there is none.
    """
    if settings.token_env is not None:
        token = os.environ.get(settings.token_env, "")
        problem = f"the environment variable {settings.token_env} is not set. Set it where funnel-tui is started."
        return _checked(token, settings, problem)
    if settings.token_command is not None:
        return _checked(_from_command(settings.token_command, settings, ask), settings, "the command printed nothing")
    if settings.keyring:
        return _checked(
            _from_keyring(settings),
            settings,
            f"the keyring holds nothing; try: keyring set {KEYRING_SERVICE} {settings.name}",
        )
    if settings.token is not None:
        print(
            f"warning: the token of {settings.name!r} stands in the configuration file; "
            "token_env, token_command or keyring keep it out of backups",
            file=sys.stderr,
        )
        return _checked(settings.token, settings, "it is empty")
    raise ConfigError(
        f"{settings.name}: no credential is configured. Set token_env, token_command, keyring = true or token"
    )


def _checked(token: str, settings: SourceSettings, problem: str) -> str:
    token = token.strip()
    if not token:
        raise ConfigError(f"{settings.name}: no token: {problem}")
    if not token.isascii() or not token.isprintable() or " " in token:
        # It would travel in an HTTP header; a line break in there is an error that could quote the token.
        raise ConfigError(f"{settings.name}: the token has characters that no token has. Copy it anew")
    return token


def _from_command(command: tuple[str, ...], settings: SourceSettings, ask: bool) -> str:
    """First line of what the command prints. Its stderr goes to the screen, where it may ask for a passphrase."""
    closed = None if ask else subprocess.DEVNULL
    try:
        done = subprocess.run(
            command,
            stdin=closed,
            stdout=subprocess.PIPE,
            stderr=closed,
            start_new_session=not ask,
            timeout=COMMAND_TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        problem = f"{command[0]!r} was not found"
    except subprocess.TimeoutExpired:
        problem = f"{command[0]!r} took longer than {COMMAND_TIMEOUT} seconds"
    except OSError as error:
        problem = f"{command[0]!r} could not be run: {error.strerror}"
    else:
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace").strip().partition("\n")[0]
        problem = f"{command[0]!r} ended with exit code {done.returncode}"
        if not ask:
            problem += "; if it has to ask you, start funnel-tui again"
    raise ConfigError(f"{settings.name}: no token: {problem}")


def _from_keyring(settings: SourceSettings) -> str:
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            f"{settings.name}: no token: the keyring needs an extra: pip install 'funnel-tui[keyring]'"
        ) from None
    try:
        token: str | None = keyring.get_password(KEYRING_SERVICE, settings.name)
    except Exception as error:  # any backend's own error: no common base class beyond this
        raise ConfigError(
            f"{settings.name}: no token: the keyring could not be read ({type(error).__name__})"
        ) from None
    return token or ""
