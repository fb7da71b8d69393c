"""What stands in the README and the lock file is true."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from funnel_tui.cli.app import COMMANDS
from funnel_tui.tui.bindings import ALL_KEYS
from tests.cli.conftest import ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
CALLS = sorted(set(re.findall(r"^(?:\$ |[*/\d ]+  )?funnel-tui (?:--\S+ \S+ )*([a-z]\S*)", README, re.MULTILINE)))


def test_the_first_command_shows_the_demo_and_the_second_passes_the_tests() -> None:
    first, second = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert first.strip().endswith("/bin/funnel-tui demo")
    assert second.strip().endswith("/bin/pytest -q -n 2")
    assert all(
        command.startswith("python3 -m venv .venv && ") and command.count("\n") == 1 for command in (first, second)
    )


@pytest.mark.parametrize("command", CALLS)
def test_commands_that_the_readme_names_exist(run: Run, command: str) -> None:
    assert command in COMMANDS
    assert run(command, "--help").exit_code == 0


def test_the_readme_names_every_command() -> None:
    assert {*CALLS, "dash", "demo", "import"} == {*COMMANDS}


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert {"docs/metrics.md", "docs/architecture.md", "docs/benchmarks.md"} <= {*links}
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_readme_names_every_key_of_one_character() -> None:
    """But those that only repeat an arrow or a page key in lists."""
    named = {*re.findall(r"`(\S+?)`", README.partition("\n## Keys\n")[2].partition("\n## ")[0]), *"12345hjklgG"}
    words = {"left_square_bracket": "[", "right_square_bracket": "]", "slash": "/", "question_mark": "?"}
    bound = {words.get(name, name) for key in ALL_KEYS for name in key.keys.split(",")}
    assert {name for name in bound if len(name) == 1} - named == set()


def test_the_lock_file_keeps_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    pinned = dict(line.split("==") for line in lock.splitlines() if "==" in line and not line.startswith("#"))
    for line in (*project["dependencies"], *project["optional-dependencies"]["dev"]):
        requirement = Requirement(line)
        assert requirement.specifier.contains(pinned[requirement.name]), line
    assert "http" not in lock.replace("httpx", "").replace("httpcore", "")
