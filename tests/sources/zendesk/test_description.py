"""Every request that is made, against the provider's own description of its API, where that lies beside the project."""

import re
from pathlib import Path

import pytest

from tests.sources.zendesk.desk import NOW, Desk, comment

DESCRIPTION = Path(__file__).parents[4] / "shared" / "specs" / "zendesk-merged-patched.yml"
pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the description is not here")

ELSEWHERE = {"/api/v2/help_center/incremental/articles", "/api/v2/guide/survey_responses"}
"""Of the help centre's description, which is not the one at hand."""


def described() -> dict[str, str]:
    """Path -> what its `get` says. Read by indentation: the file needs no more."""
    found: dict[str, str] = {}
    path, verb = "", ""
    for line in DESCRIPTION.read_text(encoding="utf-8").splitlines():
        if re.match(r"\S", line):
            path = ""
        elif begun := re.match(r"  (/\S+):$", line):
            path, verb = begun[1], ""
        elif begun := re.match(r"    (\w+):", line):
            verb = begun[1]
        if path and verb == "get":
            found[path] = found.get(path, "") + line + "\n"
    return found


def pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", r"[^/]+", re.escape(path)))


async def every_request(desk: Desk) -> None:
    for number in range(30):
        desk.simple(number + 1, NOW - 80_000 + number)
    desk.simple(99, NOW - 400)
    desk.update(99, NOW - 300, 777, [comment(777)])
    source = desk.source()
    await source.identify()
    await source.examine()
    for spec in source.streams():
        await source.probe(spec.name)
        async for _ in source.read(spec.name, NOW - 86_400, NOW):
            pass
    async for _ in source.reread("tickets", ["1", "404"]):
        pass


async def test_every_path_is_described() -> None:
    desk = Desk()
    await every_request(desk)
    known = [pattern(path) for path in described()]
    asked = {request.url.path for request in desk.requests} - ELSEWHERE
    assert len(asked) > 8
    assert {path for path in asked if not any(one.fullmatch(path) for one in known)} == set()
    assert {request.method for request in desk.requests} == {"GET"}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/v2/incremental/ticket_events", "comment_events"),
        ("/api/v2/satisfaction_ratings", "start_time"),
        ("/api/v2/satisfaction_ratings", "end_time"),
        ("/api/v2/tickets/show_many", "up to 100 tickets"),
        ("/api/v2/tickets/{ticket_id}/audits", "maximum of 100 records per page"),
    ],
)
async def test_parameters_are_those_described(path: str, words: str) -> None:
    assert words in " ".join(described()[path].replace("\\", "").split())
    desk = Desk()
    await every_request(desk)
    asked = [request.url for request in desk.requests if pattern(path).fullmatch(request.url.path)]
    assert asked
    if words in ("start_time", "end_time"):
        assert any(words in url.params for url in asked)
    if "100" in words:
        assert all(int(url.params.get("page[size]", 100)) <= 100 for url in asked)
        assert all(len(url.params.get("ids", "").split(",")) <= 100 for url in asked)
    if words == "comment_events":
        assert all(url.params["include"] == words for url in asked)
