"""A Request Tracker 5 of a test's own: Debian's packages, a database and a configuration in a folder of the test.

It listens on loopback only, at a port that was free, and ends with the test. What it holds is played into it through
its own Perl interface, because REST2 can set no dates.
"""

import fcntl
import json
import os
import shutil
import socket
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

SHARE = Path("/usr/share/request-tracker5")
SETUP = Path("/usr/sbin/rt-setup-database-5")
SERVER = SHARE / "libexec" / "rt-server"
LOADER = Path(__file__).with_name("load_tickets.pl")
STARTING = 120.0
"""Seconds until a server that does not answer is a failure; in steps of `LOOK`."""
LOOK = 0.1

CONFIGURATION = """\
use File::Basename qw(dirname);
use Cwd qw(abs_path);
my $home = abs_path(dirname(__FILE__));
Set($rtname, 'desk.test');
Set($Organization, 'desk.test');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, "$home/tickets");
Set($DatabaseUser, '');
Set($DatabasePassword, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, %(port)d);
Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:%(port)d');
Set($MailCommand, 'testfile');
Set($HTMLFormatter, 'core');
Set($Timezone, 'UTC');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
$RT::MasonDataDir = "$home/mason";
$RT::MasonSessionDir = "$home/session";
$RT::VarPath = $home;
1;
"""

Deed = Mapping[str, Any]
"""What `load_tickets.pl` takes: who did what to which ticket, and when."""


def missing() -> str | None:
    """Why no Request Tracker can be started here; None where it can."""
    lacking = [str(path) for path in (SETUP, SERVER) if not path.exists()]
    if shutil.which("perl") is None:
        lacking.append("perl")
    return f"Request Tracker 5 is not installed: no {' and no '.join(lacking)}" if lacking else None


needs_request_tracker = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@dataclass
class Store:
    """An instance that is not running: its folder."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        site = {"RT_SITE_CONFIG": self.folder / "RT_SiteConfig.pm", "RT_SITE_CONFIG_DIR": self.folder / "conf.d"}
        return {**os.environ, **{name: str(path) for name, path in site.items()}}

    def create(self) -> "Store":
        for name in ("conf.d", "mason", "session"):
            (self.folder / name).mkdir(parents=True)
        self.configure(80)
        self._run([str(SETUP), "--action", "init", "--skip-create", "--dba", "", "--dba-password", ""])
        return self

    def configure(self, port: int) -> None:
        (self.folder / "RT_SiteConfig.pm").write_text(CONFIGURATION % {"port": port})

    def play(self, deeds: Iterable[Deed]) -> dict[str, Any]:
        """Do these in their order. All tickets and tokens made so far, by the names that the deeds gave them."""
        lines = "".join(json.dumps(deed) + "\n" for deed in deeds)
        made: dict[str, Any] = json.loads(self._run(["perl", str(LOADER)], lines))
        return made

    @property
    def made(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "keys.json").read_text())
        return found

    def name(self, ticket: str, number: int) -> None:
        """Let deeds call a ticket that was made otherwise by a name."""
        made = self.made
        made["tickets"][ticket] = number
        (self.folder / "keys.json").write_text(json.dumps(made))

    def copied(self, folder: Path) -> "Store":
        shutil.copytree(self.folder, folder)
        return Store(folder)

    def _run(self, command: list[str], given: str = "") -> str:
        done = subprocess.run(command, input=given, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command[0]}: {done.stdout}\n{done.stderr}"
        return done.stdout


@dataclass
class RequestTracker:
    """A running instance."""

    store: Store
    port: int
    process: "subprocess.Popen[bytes]"
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def number(self, ticket: str) -> int:
        return int(self.store.made["tickets"][ticket])

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """REST2 as one of those who have a token; what is no success fails the test."""
        status, answer = _ask(self.port, method, path, f"token {self.tokens[who]}", body)
        assert 200 <= status < 300, (method, path, status, answer)
        return answer


@contextmanager
def running(store: Store) -> Iterator[RequestTracker]:
    port = _free_port()
    store.configure(port)
    command = [str(SERVER), "--server", "Starlet", "--host", "127.0.0.1", "--port", str(port), "--max-workers", "3"]
    log = store.folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=store.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _await(process, port, log)
        yield RequestTracker(store, port, process, dict(store.made["tokens"]))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Door:
    """A way to a server that counts what goes through it. RT answers one request a connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._at: tuple[int, Callable[[], None]] | None = None
        self._count = 0
        self._threads: list[Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def at(self, request: int, strike: Callable[[], None]) -> None:
        """Call `strike` instead of letting the n-th request from now on through."""
        self._at = (self._count + request, strike)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self._count += 1
            if self._at is not None and self._at[0] == self._count:
                self._at[1]()
                client.close()
            else:
                self._threads.append(Thread(target=self._through, args=(client,)))
                self._threads[-1].start()

    def _through(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            asking = Thread(target=_pour, args=(client, server))
            asking.start()
            _pour(server, client)
            asking.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    """Until `source` has no more to say, or `target` is gone."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR if end is source else socket.SHUT_WR)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One test process at a time: several may run side by side, and one loads for all."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    credential = "Basic " + b64encode(b"root:password").decode()
    for _ in range(int(STARTING / LOOK)):
        try:
            if _ask(port, "GET", "/rt", credential)[0] == 200:
                return
        except OSError:
            pass
        try:
            process.wait(LOOK)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"Request Tracker does not start:\n{log.read_text(errors='replace')[-2000:]}")


def _ask(port: int, method: str, path: str, credential: str, body: Any = None) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Authorization": credential, "Content-Type": "application/json"}
        given = None if body is None else json.dumps(body)
        connection.request(method, "/REST/2.0" + path, given, headers)
        answer = connection.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said else None
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
