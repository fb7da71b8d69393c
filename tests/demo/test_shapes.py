"""Payloads against the provider's sample payloads of 2.16, where those lie beside the project."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.demo.worlds import ANCHOR, EVERYTHING, Client, Hands, make_world

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "intercom-2.16"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample payloads beside the project")

RECORDED = {"conversations", "title"}
"""Members that the provider's recorded examples have and its schema leaves out (or types otherwise)."""

FREE = {"custom_attributes", "event_details", "metadata"}
"""Objects whose members depend on the workspace or on the kind of part."""


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"intercom216_full_{name}.json").read_text())


def misfits(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """Members of ours that theirs lacks or gives another type. Nulls fit everywhere."""
    if ours is None or theirs is None:
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = []
        for key, value in ours.items():
            if key in FREE:
                continue
            if key not in theirs:
                found += [] if key in RECORDED else [f"{where}.{key} is unknown"]
            else:
                found += misfits(value, theirs[key], f"{where}.{key}")
        return found
    if isinstance(ours, list) and isinstance(theirs, list):
        return [misfit for item in ours for misfit in misfits(item, theirs[0] if theirs else None, f"{where}[]")]
    kinds = [float if type(value) is int else type(value) for value in (ours, theirs)]
    return [] if kinds[0] is kinds[1] else [f"{where}: {type(ours).__name__} for {type(theirs).__name__}"]


@pytest.fixture(scope="module")
def merged_client() -> Client:
    hands = Hands()
    return Client(make_world(days=30, hands=hands), hands)


def test_conversations(merged_client: Client) -> None:
    rows = merged_client.everything(EVERYTHING)
    whole = [merged_client.get(f"/conversations/{row['id']}") for row in rows]
    known = sample("conversation")
    assert {misfit for conversation in whole for misfit in misfits(conversation, known)} == set()
    page = merged_client.search(EVERYTHING)
    assert misfits(page, sample("conversations")) == []
    allowed = {
        "assumed_resolution",
        "confirmed_resolution",
        "escalated",
        "negative_feedback",
        "procedure_handoff",
        None,
    }
    assert {row["ai_agent"]["resolution_state"] for row in rows if row["ai_agent"]} <= allowed
    assert {row["priority"] for row in rows} <= {"none", "low", "medium", "high", "urgent"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/admins", "admins"),
        ("/teams", "teams"),
        ("/teams/501/metrics", "team_metrics"),
        ("/conversations/deleted?per_page=2", "conversations_deleted"),
        ("/articles", "articles"),
        ("/articles/7001", "article"),
    ],
)
def test_the_rest(merged_client: Client, path: str, name: str) -> None:
    ours = merged_client.get(path)
    author = [
        ".author_id: int for str",
        ".data[].author_id: int for str",
    ]  # the schema says integer, its example is a string
    assert [misfit for misfit in misfits(ours, sample(name)) if misfit not in author] == []


def test_export_jobs(merged_client: Client) -> None:
    body = {"created_at_after": ANCHOR - 86_400, "created_at_before": ANCHOR}
    job = json.loads(merged_client.ask("POST", "/export/content/data", body).body)
    assert misfits(job, sample("export_content_status")) == []
