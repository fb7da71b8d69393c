"""Where files lie. The one owner of every path: XDG directories on Linux, the platform's own elsewhere."""

import os
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs(appname="funnel-tui", appauthor=False)


def config_path() -> Path:
    """The user's configuration, whether it exists or not."""
    return Path(_DIRS.user_config_dir) / "config.toml"


def cache_path() -> Path:
    """The default cache. It lies with the data: filling it again costs hours of a provider's rate limit."""
    return Path(_DIRS.user_data_dir) / "cache.db"


def make_private(folder: Path) -> None:
    """Create a folder that only its owner can enter, and its parents. What is there already keeps its mode."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read. Raises FileExistsError rather than overwrite."""
    make_private(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
