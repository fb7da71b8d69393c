"""An SSH server of our own on loopback, and the dashboard behind it, inside tmux as people have it."""

import getpass
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from benchmarks.bench import ROOT, environment
from benchmarks.monitors import free_port

SSHD = "/usr/sbin/sshd"
NEEDED = (SSHD, "ssh", "ssh-keygen", "tmux", "ss")
PATIENCE = 60.0
LOOK = 0.05

_SERVER = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PrintMotd no
PrintLastLog no
Compression no
PermitRootLogin prohibit-password
AcceptEnv COLORTERM
"""
_CLIENT = """\
Host loop
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {folder}/client_key
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  SendEnv COLORTERM
"""


def missing() -> list[str]:
    """What a hop needs and is not installed."""
    return [name for name in NEEDED if shutil.which(name) is None]


@dataclass(frozen=True)
class Hop:
    """A running server, and how to get to it."""

    folder: Path
    port: int

    def sent(self) -> int:
        """Bytes that the server has sent over the connections that are open."""
        command = ["ss", "-tniH", "state", "established", f"( sport = :{self.port} )"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return sum(int(number) for number in re.findall(r"bytes_sent:(\d+)", told))

    def command(self, inner: list[str], **more: str) -> str:
        """A shell's command that runs `inner` on the far side, on a terminal of its own."""
        variables = {name: value for name, value in environment(**more).items() if name in ("PYTHONPATH", *more)}
        far = shlex.join(["env", *(f"{name}={value}" for name, value in variables.items()), *inner])
        return shlex.join(["ssh", "-F", str(self.folder / "ssh_config"), "-tt", "loop", f"cd {ROOT} && exec {far}"])


@contextmanager
def hop(folder: Path) -> Iterator[Hop]:
    """Keys, a server, and its end. Raises RuntimeError where the server does not start."""
    folder.mkdir()
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "client_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copyfile(folder / "client_key.pub", folder / "authorized_keys")
    port, user = free_port(), getpass.getuser()
    (folder / "sshd_config").write_text(_SERVER.format(port=port, folder=folder))
    (folder / "ssh_config").write_text(_CLIENT.format(port=port, folder=folder, user=user))
    log = folder / "sshd.log"
    with subprocess.Popen([SSHD, "-D", "-f", str(folder / "sshd_config"), "-E", str(log)]) as server:
        try:
            until(lambda: (folder / "sshd.pid").exists() or server.poll() is not None)
            if server.poll() is not None:
                raise RuntimeError(f"sshd did not start: {log.read_text()}")
            yield Hop(folder, port)
        finally:
            server.terminate()


class Window:
    """A tmux of our own with one pane of 120 by 40 that runs a shell's command. `colours`: what COLORTERM says."""

    def __init__(self, command: str, colours: str | None, size: tuple[int, int]) -> None:
        self._socket = f"funnel-benchmark-{os.getpid()}"
        plain = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "TMUX")}
        self._environment = {**plain, **({"COLORTERM": colours} if colours else {}), "LC_ALL": "C.UTF-8"}
        width, height = (str(number) for number in size)
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, command)

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *failure: object) -> None:
        self._tmux("kill-server", check=False)

    def _tmux(self, *arguments: str, check: bool = True) -> str:
        command = ["tmux", "-L", self._socket, *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=check)
        return done.stdout

    @property
    def text(self) -> str:
        return self._tmux("capture-pane", "-p", check=False)

    def press(self, *keys: str) -> None:
        """Keys by tmux's names."""
        self._tmux("send-keys", *keys)

    def shows(self, condition: Callable[[str], object]) -> None:
        until(lambda: condition(self.text), lambda: self.text)

    def cut(self) -> None:
        """Kill the client: the link is gone without a word."""
        os.kill(int(self._tmux("list-panes", "-F", "#{pane_pid}")), signal.SIGKILL)


def until(condition: Callable[[], object], say: Callable[[], str] = lambda: "") -> None:
    give_up = monotonic() + PATIENCE
    while not condition():
        if monotonic() > give_up:
            raise RuntimeError(f"waited in vain {say()}")
        sleep(LOOK)


def running(mark: str) -> list[int]:
    """Processes of the program, on this side of the link or the other, whose command line names `mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[0] == sys.executable and any(mark in word for word in words):
                found.append(int(entry.name))
    return found
