"""The rest of the API: refusals, limits, small resources, deletions, articles, exports."""

import csv
import gzip
import io
import json
import zipfile
from typing import Any

import pytest

from funnel_tui.demo.exports import COLUMNS
from tests.demo.worlds import ANCHOR, BASE, EVERYTHING, Client, Hands, make_world

DAY = 86_400


# --- refusals and limits


def test_without_the_token_nothing_is_told(client: Client) -> None:
    assert client.refused("GET", "/me", authorization="Bearer wrong") == (401, "unauthorized")
    assert client.refused("GET", "/no/such/path", authorization="") == (401, "unauthorized")
    assert "X-RateLimit-Limit" not in client.ask("GET", "/me", authorization="").headers


def test_unknown_things_are_404(client: Client) -> None:
    for path in (
        "/no/such/path",
        "/conversations/1",
        "/conversations/99999999999999",
        "/articles/1",
        "/contacts/abc",
        "/export/content/data/nojob",
        "/office_hours_schedules/1",
    ):
        assert client.refused("GET", path) == (404, "not_found")
    assert client.refused("GET", "/teams/9/metrics") == (404, "team_not_found")
    assert client.refused("GET", "/conversations/search")[0] == 404
    assert client.refused("DELETE", "/me")[0] == 404


def test_versions(client: Client) -> None:
    assert client.refused("GET", "/me", **{"intercom-version": "2.3"}) == (400, "intercom_version_invalid")
    assert client.ask("GET", "/me", **{"intercom-version": "2.17"}).status == 200


def test_bodies_must_be_json_objects(client: Client) -> None:
    assert client.refused("POST", "/conversations/search", [1]) == (400, "bad_request")


def test_the_rate_limit_counts_windows_of_ten_seconds() -> None:
    hands = Hands(real=1_000.0)
    client = Client(make_world(hands=hands, days=1), hands, per_minute=18)
    for left in (2, 1, 0):
        headers = client.ask("GET", "/me").headers
        assert headers["X-RateLimit-Limit"] == "3"
        assert headers["X-RateLimit-Remaining"] == str(left)
        assert headers["X-RateLimit-Reset"] == str(hands.now + 10)
    reply = client.ask("GET", "/me")
    assert (reply.status, reply.headers["Retry-After"]) == (429, "10")
    assert json.loads(reply.body)["errors"][0]["code"] == "rate_limit_exceeded"
    hands.real += 10
    assert client.ask("GET", "/me").status == 200


# --- conversations


def test_plain_text_and_html(client: Client) -> None:
    number = client.search({"field": "ai_agent.last_answer_type", "operator": "=", "value": "ai_answer"})[
        "conversations"
    ][0]["id"]
    rich, plain = client.get(f"/conversations/{number}"), client.get(f"/conversations/{number}?display_as=plaintext")
    bodies = [part["body"] for part in rich["conversation_parts"]["conversation_parts"] if part["body"]]
    assert all(body.startswith("<p>") for body in bodies)
    assert not any("<p>" in (part["body"] or "") for part in plain["conversation_parts"]["conversation_parts"])
    assert rich["source"]["body"] != plain["source"]["body"]


def test_rows_of_a_list_are_the_conversation_without_its_parts(client: Client) -> None:
    for row in client.search(EVERYTHING, pagination={"per_page": 20})["conversations"]:
        whole = client.get(f"/conversations/{row['id']}")
        del whole["conversation_parts"]
        assert whole == row


def test_deleted_conversations_are_gone_but_listed() -> None:
    hands = Hands()
    client = Client(make_world(days=60, hands=hands), hands)
    first = client.get("/conversations/deleted?per_page=3")
    assert first["pages"]["next"].startswith(f"{BASE}/conversations/deleted?")
    listed = list(first["conversations"])
    following = first["pages"]["next"]
    while following:
        page = client.get(following.removeprefix(BASE))
        listed += page["conversations"]
        following = page["pages"].get("next")
    assert len({row["id"] for row in listed}) == len(listed) == first["total_count"]
    assert [row["deleted_at"] for row in listed] == sorted((row["deleted_at"] for row in listed), reverse=True)
    known = {row["id"] for row in client.everything(EVERYTHING)}
    for row in listed:
        assert row["id"] not in known
        assert client.refused("GET", f"/conversations/{row['id']}") == (404, "not_found")
    oldest = client.get("/conversations/deleted?order=asc&per_page=1")["conversations"][0]
    assert oldest == listed[-1]


def test_what_lies_ahead_is_not_there_yet() -> None:
    hands = Hands()
    world = make_world(hands=hands)
    client = Client(world, hands)
    ahead = min((row for row in world.rows.values() if not row.seen), key=lambda row: row.script.begun_at)
    assert client.refused("GET", f"/conversations/{ahead.script.id}") == (404, "not_found")
    hands.now = ahead.script.begun_at
    assert client.get(f"/conversations/{ahead.script.id}")["created_at"] == ahead.script.begun_at


# --- people


def test_teammates_teams_tags_and_the_workspace(client: Client) -> None:
    admins = client.get("/admins")["admins"]
    teams = client.get("/teams")["teams"]
    for team in teams:
        assert {admin["id"] for admin in admins if int(team["id"]) in admin["team_ids"]} == set(
            map(str, team["admin_ids"])
        )
        assert client.get(f"/teams/{team['id']}") == team
    assert client.get(f"/admins/{admins[0]['id']}") == admins[0]
    assert any(not admin["away_mode_enabled"] for admin in admins)
    assert client.get("/me")["app"]["timezone"] == "Europe/London"
    tags = {tag["id"] for tag in client.get("/tags")["data"]}
    assert {tag["id"] for row in client.everything(EVERYTHING) for tag in row["tags"]["tags"]} <= tags


def test_team_metrics_agree_with_the_conversations(client: Client) -> None:
    rows = client.everything({"field": "open", "operator": "=", "value": True})
    for row in client.get("/teams/502/metrics?idle_threshold=600")["data"]:
        own = [c for c in rows if str(c["admin_assignee_id"]) == row["admin_id"]]
        opened = [c for c in own if c["state"] == "open"]
        assert row["open"] == len(opened)
        assert row["snoozed"] == len(own) - len(opened)
        assert row["idle"] == sum(bool(c["waiting_since"]) and c["waiting_since"] < ANCHOR - 600 for c in opened)


def test_presence_history_agrees_with_the_flags(client: Client) -> None:
    assert client.refused("GET", "/admins/activity_logs") == (400, "parameter_invalid")
    following = f"{BASE}/admins/activity_logs?created_at_after={ANCHOR - 3 * DAY}"
    logs: list[Any] = []
    while following:
        page = client.get(following.removeprefix(BASE))
        logs += page["activity_logs"]
        following = page["pages"]["next"]
    assert len({log["id"] for log in logs}) == len(logs)
    away: dict[str, bool] = {}
    for log in sorted(logs, key=lambda log: log["created_at"]):
        assert ANCHOR - 3 * DAY <= log["created_at"] <= ANCHOR
        away[log["performed_by"]["id"]] = log["metadata"]["away_mode"]
    assert away == {
        admin["id"]: admin["away_mode_enabled"] for admin in client.get("/admins")["admins"] if admin["id"] in away
    }


def test_contacts_and_office_hours(client: Client) -> None:
    contact = client.search(EVERYTHING)["conversations"][0]["contacts"]["contacts"][0]["id"]
    assert client.get(f"/contacts/{contact}")["id"] == contact
    schedule = client.get("/office_hours_schedules")["data"][0]
    assert len(schedule["time_intervals"]) == 5
    assert schedule["time_intervals"][0] == {"start_minute": 540, "end_minute": 1080, "day_of_week": 0}
    days = client.get(f"/office_hours_schedules/{schedule['id']}/office_hours_exceptions")["data"]
    assert "2026-12-25" in [day["exception_date"] for day in days]


# --- articles


def test_articles_page_without_statistics_and_count_up() -> None:
    hands = Hands()
    client = Client(make_world(hands=hands), hands)
    page = client.get("/articles")
    listed = list(page["data"])
    while page["pages"]["next"]:
        page = client.get(f"/articles?starting_after={page['pages']['next']['starting_after']}")
        listed += page["data"]
    assert len({article["id"] for article in listed}) == len(listed) == page["total_count"]
    assert not any("statistics" in article for article in listed)
    before = {article["id"]: client.get(f"/articles/{article['id']}")["statistics"] for article in listed}
    hands.now += 2 * DAY
    after = {number: client.get(f"/articles/{number}")["statistics"] for number in before}
    grown = {
        name: sum(after[n][name] - before[n][name] for n in before)
        for name in ("views", "conversations", "fin_involvements")
    }
    assert all(after[number]["views"] >= before[number]["views"] for number in before)
    assert grown["views"] > grown["conversations"] > 0
    assert grown["fin_involvements"] > 0


def test_of_an_articles_readers_most_and_not_all_found_it_enough() -> None:
    """Since it was written, and in a stretch of time however short: whoever wrote on its page had viewed it."""
    hands = Hands()
    client = Client(make_world(hands=hands), hands)
    numbers = [article["id"] for article in client.get("/articles?per_page=10")["data"]]

    def counted() -> dict[str, tuple[int, int]]:
        told = {number: client.get(f"/articles/{number}")["statistics"] for number in numbers}
        return {number: (counts["views"], counts["conversations"]) for number, counts in told.items()}

    before = counted()
    assert len({round(1 - wrote / views, 2) for views, wrote in before.values()}) > 3, "some are better than others"
    for hours in (1, 20, 27):
        hands.now += hours * 3600
        after = counted()
        for number, (views, wrote) in after.items():
            assert 0.6 <= 1 - wrote / views <= 0.8
            assert views - before[number][0] >= wrote - before[number][1] >= 0
        before = after


# --- exports


def finished(client: Client, since: int, until: int) -> Any:
    reply = client.ask("POST", "/export/content/data", {"created_at_after": since, "created_at_before": until})
    assert reply.status == 200, reply.body
    job = json.loads(reply.body)
    assert job["status"] == "pending"
    assert job["download_url"] == ""
    client.hands.real += 1.2
    assert client.get(f"/export/content/data/{job['job_identifier']}")["status"] == "in_progress"
    client.hands.real += 2
    return client.get(f"/export/content/data/{job['job_identifier']}")


def download(client: Client, job: Any, version: str = "2.16") -> bytes:
    headers = {"accept": "application/octet-stream", "intercom-version": version}
    reply = client.ask("GET", job["download_url"].removeprefix(BASE), **headers)
    assert reply.status == 200, reply.body
    return reply.body


@pytest.fixture
def exporter() -> Client:
    hands = Hands()
    return Client(make_world(hands=hands, days=20), hands)


def test_an_export_from_beginning_to_end(exporter: Client) -> None:
    job = finished(exporter, ANCHOR - 14 * DAY, ANCHOR)
    assert job["status"] == "completed"
    assert int(job["download_expires_at"]) == ANCHOR + 2 * DAY
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(download(exporter, job)).decode())))
    assert tuple(rows[0]) == COLUMNS
    assert len({row["receipt_id"] for row in rows}) == len(rows) > 500
    for row in rows:
        assert ANCHOR - 14 * DAY <= int(row["received_at"]) <= ANCHOR
        assert row["email"].endswith("@example.com")
        assert not row["first_click"] or int(row["first_click"]) > int(row["first_open"])
        assert not (row["first_hard_bounce"] and row["first_open"])
        assert all(int(row[name] or 0) <= ANCHOR for name in ("first_open", "first_click", "first_reply"))
    assert 0.40 <= sum(bool(row["first_open"]) for row in rows) / len(rows) <= 0.62


def test_late_opens_need_the_old_window_again(exporter: Client) -> None:
    def opened() -> int:
        until = exporter.hands.now
        job = finished(exporter, ANCHOR - 6 * DAY, until)
        rows = csv.DictReader(io.StringIO(gzip.decompress(download(exporter, job)).decode()))
        return sum(bool(row["first_open"]) for row in rows if int(row["received_at"]) <= ANCHOR)

    before = opened()
    exporter.hands.now += 5 * DAY
    assert opened() > before


def test_one_job_at_a_time(exporter: Client) -> None:
    body = {"created_at_after": ANCHOR - DAY, "created_at_before": ANCHOR}
    job = json.loads(exporter.ask("POST", "/export/content/data", body).body)
    reply = exporter.ask("POST", "/export/content/data", body)
    assert reply.status == 429
    assert "1 pending message data export jobs" in json.loads(reply.body)["errors"][0]["message"]
    assert json.loads(exporter.ask("POST", f"/export/cancel/{job['job_identifier']}").body)["status"] == "canceled"
    assert exporter.ask("POST", "/export/content/data", body).status == 200


def test_nothing_sent_is_no_data(exporter: Client) -> None:
    job = finished(exporter, ANCHOR - 90 * DAY, ANCHOR - 80 * DAY)
    assert job["status"] == "no_data"
    assert exporter.refused(
        "GET", f"/download/content/data/{job['job_identifier']}", accept="application/octet-stream"
    ) == (404, "not_found")


def test_refused_exports(exporter: Client) -> None:
    assert exporter.refused("POST", "/export/content/data", {"created_at_after": 1}) == (400, "bad_request")
    job = finished(exporter, ANCHOR - DAY, ANCHOR)
    assert exporter.refused("GET", job["download_url"].removeprefix(BASE)) == (400, "bad_request")


def test_the_next_version_gives_a_zip(exporter: Client) -> None:
    body = download(exporter, finished(exporter, ANCHOR - DAY, ANCHOR), version="2.17")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.namelist() == ["receipt_20261120-110000.csv"]
        assert archive.read(archive.namelist()[0]).startswith(b"user_id,")
