"""Requests and payloads against Slack's own description of its API, where it lies beside the project."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from funnel_tui.model.records import ChatThread
from funnel_tui.sources.protocol import Identity
from tests.sources.fake_intercom import NOW
from tests.sources.slack.workspace import Workspace, pages, records, said, ts

DESCRIPTION = Path(__file__).parents[4] / "shared" / "specs" / "slack_web_openapi_v2.json"
pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the description is not here")

METHODS = ("auth.test", "conversations.list", "conversations.history", "conversations.replies", "users.list")
EXAMPLE_LO, EXAMPLE_HI = 1_480_000_000, 1_520_000_000


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_bytes())["paths"]
    return found


def example(paths: dict[str, Any], method: str) -> dict[str, Any]:
    found: dict[str, Any] = paths[f"/{method}"]["get"]["responses"]["200"]["examples"]["application/json"]
    return found


async def test_every_parameter_is_described_and_of_its_type(paths: dict[str, Any]) -> None:
    slack = Workspace()
    slack.page = 1
    slack.users.append({"id": "U3"})
    slack.room.put(said(ts(NOW - 10)), said(ts(NOW - 20)))
    slack.room.reply(ts(NOW - 10), ts(NOW - 5))
    source = slack.source()
    await source.identify()
    await pages(source)
    assert {request.url.path.removeprefix("/api/") for request in slack.requests} == set(METHODS)
    for request in slack.requests:
        described = paths[request.url.path.removeprefix("/api")]["get"]["parameters"]
        types = {parameter["name"]: parameter.get("type") for parameter in described}
        needed = {parameter["name"] for parameter in described if parameter.get("required")} - {"token"}
        given = dict(request.url.params)
        assert needed <= given.keys() <= types.keys()
        for name, value in given.items():
            assert _fits(value, types[name]), f"{request.url.path}: {name}={value}"


def _fits(value: str, kind: str) -> bool:
    if kind == "boolean":
        return value in ("true", "false")
    if kind in ("integer", "number"):
        return value.replace(".", "", 1).isdecimal() and (kind == "number" or "." not in value)
    return True


async def test_the_examples_are_understood_and_has_more_for_ever_ends(paths: dict[str, Any]) -> None:
    slack = Workspace()
    for method in METHODS:
        body = json.dumps(example(paths, method)).encode()
        slack.always[method] = lambda params, body=body: httpx.Response(200, content=body)
    source = slack.source("#general")
    assert await source.identify() == Identity(workspace="T12345678", name="Subarachnoid Workspace")
    found = await pages(source, EXAMPLE_LO, EXAMPLE_HI, stream="#general")
    threads = [record for record in records(found) if isinstance(record, ChatThread)]
    assert [thread.id for thread in threads][:2] == ["C012AB3CD:1512104434.000490", "C012AB3CD:1512085950.000216"]
    assert threads[0].messages[0].person == "U061F7AUR"
    assert threads[0].url == "https://subarachnoid.slack.com/archives/C012AB3CD/p1512104434000490"
    assert found[-1].cursor is None
    assert slack.calls["conversations.history"] == 2
    (thread,) = [
        record
        async for page in source.reread("#general", ["C012AB3CD:1482960137.003543"])
        for record in page.records
        if isinstance(record, ChatThread)
    ]
    assert [message.text for message in thread.messages] == [
        "island",
        "one island",
        "two island",
        "three for the land",
    ]
    assert not thread.whole, "its pages do not end either"
