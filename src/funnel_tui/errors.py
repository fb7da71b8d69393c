"""What goes wrong in a way that its reader can mend: each message is a sentence that says what to do.

`UserError`
  `ConfigError`   the configuration file, or a credential it points to
"""

from pathlib import Path


class UserError(Exception):
    """Shown without a traceback."""

    exit_code = 1


class ConfigError(UserError):
    """A value in the configuration that cannot be used, with its place in the file where it has one."""

    exit_code = 2

    def __init__(
        self, message: str, *, file: Path | None = None, line: int | None = None, key: str | None = None
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.key = key
        super().__init__(message)

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        return f"{place}{self.key}: {self.message}" if self.key else f"{place}{self.message}"
