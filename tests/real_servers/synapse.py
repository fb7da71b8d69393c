"""A real Matrix homeserver (Synapse) for as long as a test module runs, on loopback, with all of its state in a folder.

It is installed apart, as it brings a hundred packages along: `FUNNEL_TUI_SYNAPSE` names the Python that has it, else
`var/venv-synapse/bin/python` of this repository is looked for.
"""

import json
import os
import socket
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ROOT = Path(__file__).parents[2]
VERSION = "1.163.2"
INSTALLED = ROOT / "var/venv-synapse/bin/python"
HOW = (
    f"no Synapse here: python3 -m venv var/venv-synapse && var/venv-synapse/bin/pip install matrix-synapse=={VERSION}, "
    "or name a Python that has it in FUNNEL_TUI_SYNAPSE"
)

SERVER = "loop.test"
API = "/_matrix/client/v3"
READY = 90
"""Seconds that a slow machine may take to start it."""
_BRIDGE = "loopback-bridge"
"""The token of an application service that may act as anybody, and say when something was said."""
_ANYTHING = {"per_second": 1e6, "burst_count": 1_000_000}

Json = dict[str, Any]


def python() -> str | None:
    """The Python that runs the server; None where there is none."""
    named = os.environ.get("FUNNEL_TUI_SYNAPSE")
    return named or (str(INSTALLED) if INSTALLED.exists() else None)


def user(name: str) -> str:
    return f"@{name}:{SERVER}"


class Synapse:
    """Started by `with`, ended with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: HTTPConnection | None = None
        self._transactions = count()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Synapse":
        self._folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        for name, found in self._files().items():
            (self._folder / name).write_text(json.dumps(found))  # JSON is YAML
        (self._folder / "signing.key").write_text(f"ed25519 a_loop {b64encode(bytes(32)).decode().rstrip('=')}\n")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        if self._wire is not None:
            self._wire.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    # --- what a test does there

    def call(self, method: str, path: str, body: Json | None = None, *, token: str = _BRIDGE, **query: Any) -> Json:
        """The answer of an API call, which must succeed."""
        if self._wire is None:
            self._wire = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        text = json.dumps(body or {}) if method != "GET" else None
        self._wire.request(method, f"{API}{path}?{urlencode(query)}", text, headers)
        answer = self._wire.getresponse()
        found: Json = json.loads(answer.read())
        assert answer.status == 200, (method, path, answer.status, found)
        return found

    def account(self, name: str) -> str:
        """A new account; its access token."""
        body = {"type": "m.login.application_service", "username": name}
        return str(self.call("POST", "/register", body)["access_token"])

    def room(self, by: str, *members: str, **body: Any) -> str:
        """A new room of `by` with the others in it; its id."""
        room = str(self.call("POST", "/createRoom", {"preset": "public_chat", **body}, user_id=user(by))["room_id"])
        for name in members:
            self.join(room, name)
        return room

    def join(self, room: str, name: str) -> None:
        self.call("POST", f"/join/{quote(room, safe='')}", user_id=user(name))

    def send(self, room: str, by: str, kind: str, content: Json, at: int | None = None) -> str:
        """An event, dated `at` (epoch seconds) whenever it is sent; its id."""
        dated = {} if at is None else {"ts": at * 1_000}
        path = f"/rooms/{quote(room, safe='')}/send/{kind}/{next(self._transactions)}"
        return str(self.call("PUT", path, content, user_id=user(by), **dated)["event_id"])

    def set_state(self, room: str, by: str, kind: str, content: Json) -> None:
        self.call("PUT", f"/rooms/{quote(room, safe='')}/state/{kind}", content, user_id=user(by))

    # --- how it runs

    def _start(self) -> None:
        command = [str(python()), "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"]
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        # It tells when it is ready the way it would tell systemd.
        address = f"funnel-tui-{os.getpid()}-{self.port}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready, (self._folder / "out").open("wb") as out:
            ready.bind(f"\0{address}")
            ready.settimeout(READY)
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=surroundings | {"NOTIFY_SOCKET": f"@{address}"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            try:
                assert b"READY=1" in ready.recv(1_024)
            except TimeoutError:
                raise AssertionError(f"no server after {READY} s: {(self._folder / 'out').read_text()}") from None

    def _files(self) -> Mapping[str, Json]:
        """Everything on loopback, nobody to talk to outside, no limits."""
        client = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "tls": False,
            "type": "http",
            "resources": [{"names": ["client"], "compress": False}],
        }
        server = {
            "server_name": SERVER,
            "listeners": [client],
            "database": {"name": "sqlite3", "args": {"database": "homeserver.db"}},
            "media_store_path": "media",
            "signing_key_path": "signing.key",
            "log_config": "log.yaml",
            "macaroon_secret_key": "loopback",
            "form_secret": "loopback",
            "report_stats": False,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "enable_registration": False,
            "app_service_config_files": ["bridge.yaml"],
            "rc_message": _ANYTHING,
            "rc_joins": {"local": _ANYTHING, "remote": _ANYTHING},
        }
        log = {
            "version": 1,
            "handlers": {"file": {"class": "logging.FileHandler", "filename": "homeserver.log"}},
            "root": {"level": "WARNING", "handlers": ["file"]},
            "disable_existing_loggers": False,
        }
        anybody = [{"exclusive": False, "regex": f".*:{SERVER}"}]
        bridge = {
            "id": "bridge",
            "url": None,
            "as_token": _BRIDGE,
            "hs_token": "loopback-server",
            "sender_localpart": "bridge",
            "rate_limited": False,
            "namespaces": {"users": anybody, "rooms": [], "aliases": anybody},
        }
        return {"homeserver.yaml": server, "log.yaml": log, "bridge.yaml": bridge}
