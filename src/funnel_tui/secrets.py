"""Fetches a source's token at the moment it is needed. A token is never kept, printed or put into a message."""

import os
import subprocess
import sys

from funnel_tui.errors import ConfigError
from funnel_tui.settings import SourceSettings

KEYRING_SERVICE = "funnel-tui"
COMMAND_TIMEOUT = 30
"""Seconds; a password manager may ask its owner first."""


def resolve_token(settings: SourceSettings) -> str:
    """The token of a source, from the first place that its configuration names.

    Raises ConfigError with what to do where there is none.
    """
    if settings.token_env is not None:
        token = os.environ.get(settings.token_env, "")
        return _checked(token, settings, f"the environment variable {settings.token_env} is not set", "token_env")
    if settings.token_command is not None:
        return _checked(
            _from_command(settings.token_command, settings), settings, "the command printed nothing", "token_command"
        )
    if settings.keyring:
        return _checked(
            _from_keyring(settings),
            settings,
            f"the keyring holds nothing; try: keyring set {KEYRING_SERVICE} {settings.name}",
            "keyring",
        )
    if settings.token is not None:
        print(
            f"warning: the token of {settings.name!r} stands in the configuration file; "
            "token_env, token_command or keyring keep it out of backups",
            file=sys.stderr,
        )
        return _checked(settings.token, settings, "the token is empty", "token")
    raise ConfigError(
        f"source {settings.name!r} has no credential; set token_env, token_command, keyring = true or token",
        key="token_env",
    )


def _checked(token: str, settings: SourceSettings, problem: str, key: str) -> str:
    token = token.strip()
    if not token:
        raise ConfigError(f"source {settings.name!r} has no token: {problem}", key=key)
    if not token.isascii() or not token.isprintable() or " " in token:
        # It would travel in an HTTP header; a line break in there is an error that could quote the token.
        raise ConfigError(f"the token of source {settings.name!r} has characters that no token has", key=key)
    return token


def _from_command(command: tuple[str, ...], settings: SourceSettings) -> str:
    """First line of what the command prints. Its stderr goes to the screen, where it may ask for a passphrase."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=COMMAND_TIMEOUT, check=False)
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
    raise ConfigError(f"source {settings.name!r} has no token: {problem}", key="token_command")


def _from_keyring(settings: SourceSettings) -> str:
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            f"source {settings.name!r} uses the keyring, which is an extra: pip install 'funnel-tui[keyring]'",
            key="keyring",
        ) from None
    try:
        token: str | None = keyring.get_password(KEYRING_SERVICE, settings.name)
    except Exception as error:  # any backend's own error: no common base class beyond this
        raise ConfigError(
            f"source {settings.name!r} has no token: the keyring could not be read ({type(error).__name__})",
            key="keyring",
        ) from None
    return token or ""
