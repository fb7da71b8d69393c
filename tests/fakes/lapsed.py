"""A server for clients that live by a clock of their own (`lapse.py`), and the program as such a client."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.desk import CONFIG, NAME, ZONE, Program
from tests.fakes.toolkit import Call, FakeServer, Reply

LAPSE = Path(__file__).with_name("lapse.py")
NEXT = 5
"""Seconds by which calls of one process may overtake each other."""
PATIENCE = 50
"""Real seconds after which a command hangs."""


class LapsedServer(FakeServer):
    """Advertised seconds are those of the client's own clock."""

    moment = 0.0
    _stamp = 0.0
    _later = 0.0

    def now(self) -> float:
        return self.moment

    def _dispatch(self, call: Call) -> tuple[Reply, str | None]:
        stamp = call.headers.get("x-lapse")
        if stamp is not None:
            at = float(stamp)
            if at < self._stamp - NEXT:  # another process, whose clock begins anew: it begins where the last one ended
                self._later += self._stamp - at
            self._stamp = at
            self.moment = at + self._later
        return super()._dispatch(call)


@dataclass
class LapsedProgram(Program):
    """The command line at the moment that its server's world shows."""

    server: LapsedServer | None = None
    below: str = ""
    """Where on the server the interface lies."""

    @property
    def surroundings(self) -> dict[str, str]:
        assert self.server is not None
        return {**super().surroundings, "LAPSE_NOW": str(self.server.world.clock.now)}

    def run(self, *arguments: str | int | Path) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def source(self, kind: str, extra: str) -> "LapsedProgram":
        """Configured for one source. `extra`: more lines of its table."""
        assert self.server is not None
        lines = [
            "[[sources]]",
            f'name = "{NAME}"',
            f'kind = "{kind}"',
            f'base_url = "{self.server.url}{self.below}"',
            'token_env = "DESK_TOKEN"',
            'since = "2026-02-01"',
            extra,
        ]
        self.config.write_text(CONFIG.format(zone=ZONE.key) + "\n".join(lines))
        return self


def program(folder: Path, server: LapsedServer, kind: str, extra: str, *, below: str = "") -> LapsedProgram:
    """The command line whose waits take no time."""
    secret = {"DESK_TOKEN": server.world.token}
    made = LapsedProgram(folder, secret, entry=(str(LAPSE),), server=server, below=below)
    return made.source(kind, extra)
