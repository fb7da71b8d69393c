"""What every group of a run shares: sizes, folders, one moment, and the caches, built once and measured meanwhile."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.building import Built, obtain
from benchmarks.figures import Figure
from benchmarks.setup import CONFIG, ZONE
from benchmarks.world import World

ROOT = Path(__file__).parents[1]


@dataclass
class Bench:
    """One run. `now` is when the helpdesks that it makes up end."""

    folder: Path
    """Ends with the run."""
    sizes: tuple[int, ...]
    runs: int
    now: int
    seconds: float = 60.0
    """How long the dashboard is watched doing nothing; once a minute it makes its report anew."""
    say: Callable[[str], None] = lambda text: None
    keep: Path | None = None
    """Where caches stay for later runs; None leaves them in `folder`."""
    patience: float = 20.0
    """Seconds after which what is slow is not measured once more."""
    largest_peer: int | None = None
    """The largest cache that peers are asked about too; None for all."""
    stall: float = 60.0
    """Seconds for which the dashboard's terminal does not read."""
    soak_hours: float = 8.0
    """Hours of the demo's time that it is kept open."""
    soak_speed: float = 60.0
    """The demo's seconds to one of ours."""
    kills: int = 10
    """Syncs that are killed."""
    peer: bool = False
    """Whether another Textual monitor may be installed, into a folder of its own."""
    _built: dict[int, Built] = field(default_factory=dict)

    @property
    def caches(self) -> Path:
        return self.keep or self.folder

    def cache(self, size: int) -> Built:
        """The cache of `size` conversations, for reading; filled the first time it is asked for."""
        if size not in self._built:
            self._built[size] = obtain(self.caches, World(size, self.now), self.say)
        return self._built[size]

    @contextmanager
    def copy(self, size: int) -> Iterator[Path]:
        """A copy of that cache, to be written to. It ends with the context."""
        path = self.folder / f"{size}-copy.db"
        shutil.copyfile(self.cache(size).path, path)
        try:
            yield path
        finally:
            for part in self.folder.glob(f"{path.name}*"):
                part.unlink()

    def config(self, name: str = "config", source: str = "", zone: str = ZONE.key) -> Path:
        path = self.folder / f"{name}.toml"
        path.write_text(CONFIG.format(zone=zone) + source)
        return path

    def command(self, config: Path, cache: Path, *arguments: str) -> list[str]:
        """The program as its user calls it."""
        return [sys.executable, "-m", "funnel_tui", "--config", str(config), "--db", str(cache), *arguments]


def environment(**more: str) -> dict[str, str]:
    """Ours, with the package and these benchmarks in reach of a child."""
    paths = [str(ROOT / "src"), str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    return {**plain, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), **more}


def measure(bench: Bench) -> Iterator[Figure]:
    for size in bench.sizes:
        yield from bench.cache(size).figures
