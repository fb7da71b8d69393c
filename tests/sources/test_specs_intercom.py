"""The connector against the provider's own descriptions, where they lie beside the project: every request it sends is
one that they know, and every payload that they show is read, whatever is null or absent in it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from funnel_tui.model.records import Kind, Record, Thread
from funnel_tui.settings import SourceSettings
from funnel_tui.sources.http import HttpClient
from funnel_tui.sources.intercom import wire
from funnel_tui.sources.intercom.people import _agent
from funnel_tui.sources.intercom.source import IntercomSource
from funnel_tui.sources.intercom.thread import approximate, records

yaml = pytest.importorskip("yaml")

SHARED = Path(__file__).parents[3] / "shared"
SPECS = {version: SHARED / "specs" / f"intercom-{version}.yaml" for version in ("2.15", "2.16")}
SAMPLES = SHARED / "samples" / "intercom-2.16"
pytestmark = pytest.mark.skipif(not all(path.is_file() for path in SPECS.values()), reason="no descriptions here")

NOW = 1_772_632_800
BASE = "https://api.intercom.io"
TOKEN = "tok-0a1b2c3d"
Json = dict[str, Any]

BEYOND = frozenset({("POST", "/conversations/search", "sort"), ("GET", "/articles", "page")})
"""Sent although the descriptions do not know it: `sort` as published connectors do; paging as the answers ask for."""


@cache
def spec(version: str) -> Json:
    found: Json = yaml.load(
        SPECS[version].read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def resolved(version: str, part: Any, within: tuple[str, ...] = ()) -> Any:
    """A description without references (where it contains itself, anything goes), with null as JSON schema has it."""
    if isinstance(part, list):
        return [resolved(version, each, within) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        if part["$ref"] in within:
            return {}
        found: Any = spec(version)
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return resolved(version, found, (*within, part["$ref"]))
    made = {name: resolved(version, value, within) for name, value in part.items()}
    if part.get("nullable") is True and isinstance(part.get("type"), str):
        made["type"] = [part["type"], "null"]
    return made


def operation(version: str, method: str, path: str) -> tuple[Json, dict[str, str]] | None:
    """What is said of a call, and its path's parameters. Literal paths come before patterns."""
    steps = path.strip("/").split("/")
    for template in sorted(spec(version)["paths"], key=lambda template: template.count("{")):
        pattern = template.strip("/").split("/")
        if len(pattern) == len(steps) and method.lower() in spec(version)["paths"][template]:
            pairs = list(zip(pattern, steps, strict=True))
            if all(name.startswith("{") or name == step for name, step in pairs):
                found = {name.strip("{}"): step for name, step in pairs if name.startswith("{")}
                return spec(version)["paths"][template][method.lower()], found
    return None


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A parameter's text as what its schema speaks of."""
    match schema.get("type"):
        case "integer":
            return int(text)
        case "boolean":
            return json.loads(text)
    return text


# --- what is sent


class Recorder:
    """Answers with the payloads of the descriptions, and remembers what it was asked."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.requests: list[httpx.Request] = []
        self.looks = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        headers = {"Date": format_datetime(datetime.fromtimestamp(NOW, UTC), usegmt=True)}
        return httpx.Response(200, json=self._body(request), headers=headers)

    def _body(self, request: httpx.Request) -> Any:
        path = request.url.path
        if path == "/conversations/search":
            asked = json.loads(request.content)
            row = {"id": "1295", "created_at": NOW - 900, "updated_at": NOW - 600}
            more = "starting_after" not in asked["pagination"]
            following = {"page": 2, "starting_after": "abc"} if more else None
            return {"conversations": [row], "total_count": 2, "pages": {"next": following}}
        if path == "/conversations/deleted":
            more = request.url.params.get("page", "1") == "1"
            rows = [{"id": "7", "metrics_retained": True, "deleted_at": NOW - 60}]
            return {"conversations": rows, "pages": {"next": f"{BASE}{path}?page=2" if more else None}}
        if path == "/articles":
            more = "page" not in request.url.params
            return {
                "data": [{"id": "39", "state": "published"}],
                "pages": {"next": f"{BASE}/articles?page=2" if more else None},
            }
        if path.startswith("/export/content/data/"):
            self.looks += 1
            return {"job_identifier": "job9", "status": "pending" if self.looks == 1 else "completed"}
        if path.startswith("/export/content/data"):
            return {"job_identifier": "job9", "status": "pending"}
        if path.startswith("/conversations/"):
            return {"id": "1295", "created_at": NOW - 900, "updated_at": NOW - 600}
        if path == "/me":
            return {"type": "admin", "app": {"id_code": "w1", "region": "US"}}
        return {}


async def sent(version: str) -> list[httpx.Request]:
    """Every kind of request: each stream read, looked at, counted and read again by its ids."""
    recorder = Recorder(version)

    async def at_once(seconds: float) -> None:
        return None

    client = partial(HttpClient, transport=httpx.MockTransport(recorder.answer), now=lambda: NOW, sleep=at_once)
    source = IntercomSource(SourceSettings("acme", "intercom", BASE, api_version=version), TOKEN, client)
    await source.identify()
    await source.examine()
    for stream in source.streams():
        await source.probe(stream.name)
        await source.count(stream.name, NOW - 9000, NOW)
        assert [page async for page in source.read(stream.name, NOW - 9000, NOW)]
        if stream.rescan:
            assert [page async for page in source.reread(stream.name, ["1295"])]
    return recorder.requests


@pytest.mark.parametrize("version", SPECS)
async def test_every_request_is_one_that_the_description_knows(version: str) -> None:
    wrong = [problem for request in await sent(version) for problem in problems(version, request)]
    assert wrong == []


@pytest.mark.parametrize("version", SPECS)
async def test_every_stream_was_asked_for(version: str) -> None:
    paths = {(request.method, request.url.path) for request in await sent(version)}
    expected = {
        ("GET", "/me"),
        ("POST", "/conversations/search"),
        ("GET", "/conversations/1295"),
        ("GET", "/admins"),
        ("GET", "/teams"),
        ("GET", "/articles"),
        ("GET", "/articles/39"),
        ("POST", "/export/content/data"),
        ("GET", "/export/content/data/job9"),
        ("GET", "/download/content/data/job9"),
    }
    assert expected <= paths
    assert (("GET", "/conversations/deleted") in paths) == (version == "2.16")


def problems(version: str, request: httpx.Request) -> Iterator[str]:
    method, path = request.method, request.url.path
    found = operation(version, method, path)
    if found is None:
        yield f"{method} {path} is unknown"
        return
    said, in_path = found
    parameters = {(each["in"], each["name"]): each for each in resolved(version, said.get("parameters", []))}
    given: list[tuple[str, str, str]] = [("path", name, value) for name, value in in_path.items()]
    given += [("query", name, value) for name, value in request.url.params.multi_items()]
    for place, name, value in given:
        parameter = parameters.get((place, name))
        if parameter is None:
            if (method, path, name) not in BEYOND:
                yield f"{method} {path}: no parameter {name}"
            continue
        yield from objections(f"{method} {path} {name}", typed(value, parameter["schema"]), parameter["schema"])
    missing = {name for (place, name), each in parameters.items() if each.get("required")} - {
        name for _, name, _ in given
    }
    if missing:
        yield f"{method} {path}: without {missing}"
    wanted = parameters.get(("header", "Intercom-Version"))
    if wanted is not None:
        yield from objections(f"{path} version", request.headers["Intercom-Version"], wanted["schema"])
    if request.headers["Authorization"] != f"Bearer {TOKEN}":
        yield f"{path}: no credential"
    body = resolved(version, said.get("requestBody") or {}).get("content", {}).get("application/json")
    if (body is None) != (not request.content):
        yield f"{method} {path}: a body where none is described, or none where one is"
    elif body is not None:
        content = json.loads(request.content)
        yield from objections(f"{method} {path}", content, body["schema"])
        for name in content.keys() - body["schema"]["properties"].keys():
            if (method, path, name) not in BEYOND:
                yield f"{method} {path}: no member {name}"


def objections(what: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        # A list of filters fits both "several" and "single" of their descriptions: only their members are typed.
        if error.validator != "oneOf":
            yield f"{what}: {error.message}"


def filters(query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if query["operator"] in ("AND", "OR"):
        assert len(query["value"]) <= 15
        for part in query["value"]:
            yield from filters(part)
    else:
        yield query


@pytest.mark.parametrize("version", SPECS)
async def test_searches_ask_as_the_description_of_filters_says(version: str) -> None:
    """`oneOf` cannot check them; and dates take `=`, `<` and `>` alone."""
    single = resolved(version, spec(version)["components"]["schemas"]["single_filter_search_request"])
    text = operation(version, "POST", "/conversations/search")
    assert text is not None
    seen = 0
    for request in await sent(version):
        if request.url.path == "/conversations/search":
            body = json.loads(request.content)
            assert 1 <= body["pagination"]["per_page"] <= 150
            for found in filters(body["query"]):
                seen += 1
                assert (
                    list(objections("filter", found, {**single, "properties": {**single["properties"], "value": {}}}))
                    == []
                )
                assert f"| {found['field']} " in text[0]["description"]
                assert (found["operator"] in "=<>", type(found["value"])) == (True, int)
    assert seen >= 4


# --- what comes back


def examples(version: str, method: str, path: str, status: str = "200") -> Iterator[tuple[str, Any]]:
    """The payloads that a description shows for an answer."""
    found = spec(version)["paths"].get(path, {}).get(method, {}).get("responses", {}).get(status, {})
    for content in found.get("content", {}).values():
        for name, example in content.get("examples", {}).items():
            if example.get("value") is not None:
                yield name, example["value"]


def shown(version: str) -> Iterator[tuple[str, Any, Any]]:
    """(path, payload, decoder) of all that the connector reads."""
    for path, decode in {
        "/me": wire.decode_me,
        "/admins": wire.decode_admins,
        "/teams": wire.decode_teams,
        "/articles": wire.decode_articles,
        "/articles/{article_id}": wire.decode_article,
        "/conversations": wire.decode_rows,
        "/conversations/deleted": wire.decode_deleted,
        "/export/content/data/{job_identifier}": wire.decode_job,
    }.items():
        for _, value in examples(version, "get", path):
            yield path, value, decode
    for path, decode in {
        "/conversations/search": wire.decode_rows,
        "/export/content/data": wire.decode_job,
        "/export/cancel/{job_identifier}": wire.decode_job,
    }.items():
        for _, value in examples(version, "post", path):
            yield path, value, decode


def conversations(version: str) -> list[Json]:
    """Every conversation in any example of any call."""
    found: list[Json] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("type") == "conversation" and "source" in value:
                found.append(value)
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    for path, item in spec(version)["paths"].items():
        if "conversation" in path:
            for method in item.values():
                if isinstance(method, dict):
                    for answer in method.get("responses", {}).values():
                        look(answer)
    return found


def mapped(row: Json) -> tuple[Record, ...]:
    return records(wire.decode_row(json.dumps(row)), "https://inbox.example/1")


@pytest.mark.parametrize("version", SPECS)
def test_every_example_is_read(version: str) -> None:
    paths = set()
    for path, value, decode in shown(version):
        decode(json.dumps(value))
        paths.add(path)
    assert len(paths) >= 9 + (version == "2.16")


@pytest.mark.parametrize("version", SPECS)
def test_every_conversation_of_any_example_becomes_a_thread(version: str) -> None:
    rows = conversations(version)
    assert len(rows) > 10
    for row in rows:
        (thread,) = mapped(row)
        assert isinstance(thread, Thread)
        assert thread.conversation.id == str(row["id"])
        # The parts of some examples are older than their conversation.
        assert (row["created_at"], first_kind(row)) in {(event.at, event.kind) for event in thread.events}
        assert all(event.conversation == str(row["id"]) and type(event.at) is int for event in thread.events)
        assert not any(event.kind is Kind.MERGED_INTO for event in thread.events)
        assert "@" not in (thread.conversation.person or "")


def first_kind(row: Json) -> Kind:
    kinds = {"admin": Kind.AGENT_REPLY, "bot": Kind.AUTO_REPLY}
    return kinds.get(row["source"]["author"]["type"], Kind.CUSTOMER_MESSAGE)


def test_the_example_of_a_merge_is_the_primary_and_stays() -> None:
    """`merged_primary_conversation` stands in the conversation that goes on."""
    (value,) = (value for _, value in examples("2.16", "post", "/conversations/{id}/merge"))
    (thread,) = mapped(value)
    assert isinstance(thread, Thread)
    assert [event.kind for event in thread.events] == [Kind.AGENT_REPLY]
    assert value["admin_assignee_id"] is None


# --- payloads with everything in them, and without


def sample(name: str) -> Json:
    path = SAMPLES / f"intercom216_full_{name}.json"
    if not path.is_file():
        pytest.skip("the samples are not here")
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


DECODERS = {
    "conversation": wire.decode_row,
    "conversations": wire.decode_rows,
    "conversations_deleted": wire.decode_deleted,
    "admins": wire.decode_admins,
    "teams": wire.decode_teams,
    "articles": wire.decode_articles,
    "article": wire.decode_article,
    "export_content_status": wire.decode_job,
}


def variants(value: Any) -> Iterator[Any]:
    """The value with one member or item after the other null, then absent, at every depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {**value, name: None}
            yield {other: kept for other, kept in value.items() if other != name}
            for changed in variants(inner):
                yield {**value, name: changed}
    elif isinstance(value, list):
        yield []
        for index, inner in enumerate(value):
            yield [*value[:index], None, *value[index + 1 :]]
            for changed in variants(inner):
                yield [*value[:index], changed, *value[index + 1 :]]
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
        yield value + 0.5
    elif isinstance(value, str) and value.isdigit():
        yield int(value)


@pytest.mark.parametrize("name", DECODERS)
def test_anything_may_be_null_or_absent(name: str) -> None:
    """One member after the other, at every depth; numbers as text and text as numbers. List rows are read one by one,
    so that a damaged one leaves the others."""
    tried = 0
    for value in variants(sample(name)):
        DECODERS[name](json.dumps(value))
        tried += 1
    assert tried > 3


def test_a_conversation_without_any_one_thing_is_still_one() -> None:
    """What each field says is lost with it, and nothing else: no crash, no second conversation."""
    whole = sample("conversation")
    for row in variants(whole):
        for thread in mapped(row):
            if isinstance(thread, Thread):
                assert thread.conversation.id in ("1295", "1295.5")
        approximate(wire.decode_row(json.dumps(row)), None)
    assert mapped({}) == ()
    (bare,) = mapped({"id": 5})
    assert isinstance(bare, Thread)
    assert (bare.conversation.id, bare.events) == ("5", ())


def test_people_without_anything_are_nobody() -> None:
    for value in variants(sample("admins")):
        for admin in wire.decode_admins(json.dumps(value)).admins or []:
            if admin is not None:
                found = _agent(admin)
                assert found is None or found.id


GENERATIONS = (
    ("2.14", None, "routed_to_team"),
    ("2.15", None, "escalated"),
    ("2.15", None, "negative_feedback"),
    ("2.16", 0, "procedure_handoff"),
    ("2.16", None, "escalated"),
    ("2.16", "0", "escalated"),
)


@pytest.mark.parametrize(("version", "nobody", "state"), GENERATIONS)
def test_both_generations_of_words_say_the_same(version: str, nobody: object, state: str) -> None:
    """Unassigned as null or 0; the hand-off in the words of its version; the channel by itself or by its source."""
    robot = {"type": "bot", "id": "9", "from_ai_agent": True, "is_ai_answer": True}
    parts = [
        {"id": 1, "part_type": "comment", "created_at": NOW - 800, "body": "<p>Try this</p>", "author": robot},
        {
            "id": 2,
            "part_type": "comment",
            "created_at": NOW - 700,
            "body": "<p>No</p>",
            "author": {"type": "user", "id": "u1"},
        },
    ]
    row: Json = {
        "id": "5",
        "created_at": NOW - 900,
        "updated_at": NOW - 700,
        "state": "open",
        "admin_assignee_id": nobody,
        "team_assignee_id": nobody,
        "priority": "not_priority" if version < "2.16" else "none",
        "source": {
            "type": "conversation",
            "delivered_as": "customer_initiated",
            "author": {"type": "user", "id": "u1"},
        },
        "ai_agent_participated": True,
        "ai_agent": {"last_answer_type": "ai_answer", "resolution_state": state},
        "conversation_parts": {"conversation_parts": parts, "total_count": 2},
    }
    if version == "2.16":
        row["channel"] = {"initial": "messenger", "current": "messenger"}
    (thread,) = mapped(row)
    assert isinstance(thread, Thread)
    assert (thread.conversation.team, thread.conversation.channel) == (None, "chat")
    told = [event.kind for event in thread.events]
    assert told[:3] == [Kind.CUSTOMER_MESSAGE, Kind.BOT_ANSWER, Kind.CUSTOMER_MESSAGE] or Kind.BOT_HANDOFF in told[:3]
    assert told.count(Kind.BOT_HANDOFF) == 1
    assert not {Kind.ASSIGNED, Kind.TEAM_ASSIGNED, Kind.UNASSIGNED, Kind.CLOSED} & set(told)


@pytest.mark.parametrize("version", SPECS)
def test_the_words_of_a_hand_off_are_those_of_the_description(version: str) -> None:
    """Each word that a version has for the end of the agent's part is known as one or the other."""
    from funnel_tui.sources.intercom.parts import HANDED_OFF, RESOLVED

    said = spec(version)["components"]["schemas"]["ai_agent"]["properties"]["resolution_state"]["enum"]
    assert {word for word in said if word} <= HANDED_OFF | RESOLVED
