"""Requests and fields against the published description of the API, where it lies beside the project."""

import re
from pathlib import Path

import msgspec
import pytest

from funnel_tui.sources.chatwoot import wire
from tests.sources.chatwoot.small_chatwoot import ROOT, SmallChatwoot, customer, robot, survey
from tests.sources.chatwoot.told import LO, records

DESCRIPTION = Path(__file__).parents[4] / "shared" / "specs" / "chatwoot-application-api.yml"
pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the description is not here")

UNDESCRIBED = {"/csat_survey_responses", "/portals/{}/articles"}
"""In the product and not in its description."""
UNDESCRIBED_PARAMETERS = {"sort_by"}


def described() -> dict[str, str]:
    """Path with its parameters blanked -> the lines that describe its GET. Just as much YAML as that needs."""
    text = DESCRIPTION.read_text()
    body = text[text.index("\npaths:") : text.index("\ncomponents:")]
    found = {}
    for block in re.split(r"\n  (?=/)", body)[1:]:
        path, _, rest = block.partition(":\n")
        methods = re.split(r"\n    (?=[a-z]+:\n)", "\n" + rest)
        get = next((method for method in methods if method.startswith("get:")), None)
        if get is not None:
            found[blanked(path.replace("{account_id}", "4"))] = get
    return found


def blanked(path: str) -> str:
    return re.sub(r"(?<=/)(\{\w+\}|\d+|help)(?=/|$)", "{}", path.removeprefix(ROOT))


def schema(name: str) -> set[str]:
    """The properties of one named schema."""
    text = DESCRIPTION.read_text()
    block = re.split(rf"\n    {name}:\n", text[text.index("\n  schemas:") :])[1]
    block = re.split(r"\n    \w+:\n", block)[0]
    return set(re.findall(r"^ {8}(\w+):$", block, re.MULTILINE))


async def test_every_request_is_described() -> None:
    fake = SmallChatwoot()
    fake.put(1, customer(LO), robot(LO + 5), survey(LO + 9, 4), status="resolved")
    fake.portals = {"help": [{"id": 1, "views": 2}]}
    source = fake.source()
    await source.identify()
    for spec in source.streams():
        await records(source, spec.name)
    _ = [page async for page in source.reread("conversations", ["1"])]
    known = described()
    assert len(known) > 40
    unknown = set()
    for request in fake.requests:
        path = blanked(request.url.path)
        if path not in known:
            unknown.add(path)
            continue
        for name in set(request.url.params) - UNDESCRIBED_PARAMETERS:
            assert f"name: {name}\n" in known[path] or f"/{name}'" in known[path], (path, name)
    assert unknown == UNDESCRIBED
    assert {request.method for request in fake.requests} == {"GET"}


@pytest.mark.parametrize(
    ("kind", "name", "beside"),
    [
        (wire.Message, "message", set()),
        (wire.Conversation, "conversation", {"campaign_id", "meta"}),
        (wire.ReportingEvent, "reporting_event", set()),
        (wire.Agent, "agent", set()),
        (wire.Inbox, "inbox", set()),
        (wire.Portal, "portal_item", set()),
        (wire.Article, "article", set()),
        (wire.Profile, "user", set()),
    ],
)
def test_every_field_is_described(kind: type[msgspec.Struct], name: str, beside: set[str]) -> None:
    assert set(kind.__struct_fields__) - beside <= schema(name)
