"""The source in docs/writing-a-source.md works as it stands there: installed, examined, synced, reported."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
TOKEN = "helpline-token-of-a-test"
DAY = 86_400


def blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "writing-a-source.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


class Helpline(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.token = TOKEN

    def add(self, number: int, start: int, *log: tuple[int, str, str]) -> None:
        entries = [{"when": start + after, "who": who, "what": what, "text": "..."} for after, who, what in log]
        self.tickets[number] = {
            "number": number,
            "changed": start + max(after for after, _, _ in log),
            "customer": f"p{number}",
            "subject": f"Ticket {number}",
            "log": entries,
        }

    def answer(self, path: str) -> Any:
        parts = urlsplit(path)
        if parts.path == "/whoami":
            return {"desk": "acme"}
        if parts.path == "/tickets":
            asked = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
            found = sorted(
                (t for t in self.tickets.values() if asked["since"] <= t["changed"] <= asked["until"]),
                key=lambda ticket: ticket["changed"],
            )
            start = (asked["page"] - 1) * 2
            return {"tickets": found[start : start + 2], "next": asked["page"] + 1 if start + 2 < len(found) else None}
        return self.tickets.get(int(parts.path.rpartition("/")[2]))


class _Handler(BaseHTTPRequestHandler):
    server: Helpline

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {self.server.token}"
        found = self.server.answer(self.path) if allowed else {"message": f"bad token {self.headers['Authorization']}"}
        body = json.dumps(found).encode()
        self.send_response(401 if not allowed else 404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@pytest.fixture
def helpline() -> Iterator[Helpline]:
    server = Helpline()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Installed:
    """The package of the page beside the program, and a configuration that uses it."""

    def __init__(self, folder: Path, server: Helpline) -> None:
        self._folder = folder
        packages = folder / "packages"
        info = packages / "funnel_tui_helpline-1.0.dist-info"
        info.mkdir(parents=True)
        (source,) = blocks("python")
        (packages / "funnel_tui_helpline.py").write_text(source, encoding="utf-8")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: funnel-tui-helpline\nVersion: 1.0\n")
        group = re.search(r'entry-points\."(.+)"\]\n(.+)\n', blocks("toml")[0])
        assert group is not None
        (info / "entry_points.txt").write_text(f"[{group[1]}]\n{group[2].replace(chr(34), '')}\n")
        config = blocks("toml")[1].replace(
            "https://acme.helpline.example", f"http://127.0.0.1:{server.server_address[1]}"
        )
        text = f'timezone = "UTC"\n{config}since = "2026-01-01"\nown_option = 3\n'
        (folder / "config.toml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = f"{self._folder / 'packages'}:{ROOT / 'src'}"
        command = [sys.executable, "-m", "funnel_tui", "--config", str(self._folder / "config.toml")]
        return subprocess.run(
            [*command, "--db", str(self._folder / "cache.db"), *arguments],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": path, "HELPLINE_TOKEN": TOKEN, "PATH": "", "TZ": "UTC", "HOME": str(self._folder)},
            check=False,
        )

    def report(self, now: int) -> dict[str, Any]:
        result = self.run("--at", str(now), "report", "--period", "2026-03-01..2026-03-31", "--format", "json")
        assert result.returncode == 0, result.stderr
        return dict(json.loads(result.stdout)["metrics"])


@pytest.fixture
def installed(tmp_path: Path, helpline: Helpline) -> Installed:
    return Installed(tmp_path, helpline)


MONDAY = 1_772_442_000  # 2026-03-02 09:00 UTC
LATER = MONDAY + 40 * DAY


def test_it_is_examined_synced_and_reported(helpline: Helpline, installed: Installed) -> None:
    for number in range(1, 6):
        start = MONDAY + number * 3600
        helpline.add(
            number, start, (0, f"p{number}", "asked"), (60 * number, "anna", "answered"), (7200, "anna", "solved")
        )
    helpline.add(6, MONDAY, (0, "p6", "asked"), (10, "robot", "something new"))
    examined = installed.run("doctor")
    assert "ok    acme: connection: acme" in examined.stdout
    assert "ok    acme: tickets: readable" in examined.stdout
    assert "note  acme: unavailable: human.csat" in examined.stdout
    synced = installed.run("sync", "--once")
    assert synced.returncode == 0, synced.stderr
    found = installed.report(LATER)
    assert found["human.inbound"]["value"] == 6
    assert found["human.first_response.median"]["value"] == 180
    assert found["human.time_to_close.median"]["value"] == 7200
    assert found["queue.waiting"]["value"] == 1
    assert (found["human.csat"]["quality"], found["human.csat"]["reason"]) == (
        "unavailable",
        "Helpline asks for no ratings.",
    )


def test_what_changes_and_what_goes(helpline: Helpline, installed: Installed) -> None:
    helpline.add(1, MONDAY, (0, "p1", "asked"))
    helpline.add(2, MONDAY, (0, "p2", "asked"))
    assert installed.run("sync", "--once").returncode == 0
    del helpline.tickets[1]
    assert installed.run("sync", "--once", "--full").returncode == 0
    assert installed.report(LATER)["human.inbound"]["value"] == 2  # it was deleted after that moment
    rows = json.loads(installed.run("conversations", "--period", "2026-03-01..2026-03-31", "--format", "json").stdout)
    assert [row["id"] for row in rows] == ["2"]


def test_a_refused_token_is_told_with_its_mend_and_never_shown(helpline: Helpline, installed: Installed) -> None:
    helpline.token = "another"
    for command in (("doctor",), ("sync", "--once")):
        result = installed.run(*command)
        assert result.returncode == 1
        assert "Make a new token under Helpline > Settings > API." in result.stdout + result.stderr
        assert TOKEN not in result.stdout + result.stderr


def test_its_kind_is_refused_where_the_package_is_missing(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[[sources]]\nname = "acme"\nkind = "helpline"\nbase_url = "https://h.example"\n')
    command = [sys.executable, "-m", "funnel_tui", "--config", str(config), "config", "validate"]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "", "HOME": str(tmp_path)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == 2
    assert "'helpline' is not allowed" in result.stderr
