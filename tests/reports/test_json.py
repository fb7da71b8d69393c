"""The JSON contract: schema, units, nulls and times."""

import json
import math
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from funnel_tui.reports import render, to_json
from tests.reports.fake import make_report

SCHEMA = json.loads((files("funnel_tui.reports") / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def found() -> dict[str, Any]:
    return json.loads(render(make_report(), "json"))


def test_the_schema_is_one_and_the_report_keeps_it(found: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []


def test_the_schema_refuses_what_breaks_the_contract(found: dict[str, Any]) -> None:
    found["metrics"]["human.csat"].pop("quality")
    found["metrics"]["human.first_response_office.median"]["value"] = 0
    found["period"]["start"] = "2026-11-01"
    places = {error.absolute_path[0] for error in Draft202012Validator(SCHEMA).iter_errors(found)}
    assert places == {"metrics", "period"}


def test_every_member_of_the_contract_is_there(found: dict[str, Any]) -> None:
    assert found.keys() >= {
        *("schema", "generated_at", "timezone", "period", "comparison", "filters", "metrics", "funnel", "series"),
        *("breakdown", "signals", "freshness"),
    }
    assert found["metrics"]["human.first_response.median"] == {
        "label": "First response",
        "value": 161.0,
        "unit": "seconds",
        "n": 1204,
        "previous": 187.0,
        "previous_n": 1130,
        "change": -0.139,
        "verdict": "better",
        "quality": "exact",
        "reason": None,
        "definition": "What First response means.",
    }


def test_times_have_the_offset_of_the_report_zone(found: dict[str, Any]) -> None:
    assert found["timezone"] == "Asia/Kolkata"
    assert found["generated_at"] == "2026-11-22T10:30:04Z"
    assert found["period"]["start"] == "2026-11-01T00:00:00+05:30"
    assert found["comparison"] == {
        "name": "previous",
        "start": "2026-10-01T00:00:00+05:30",
        "end": "2026-10-22T16:00:00+05:30",
    }
    assert found["series"]["points"][0]["start"] == "2026-10-01T00:00:00+05:30"
    assert found["freshness"]["acme"]["last_success"] == "2026-11-22T16:00:00+05:30"
    assert found["freshness"]["acme"]["age_seconds"] == 4
    assert found["freshness"]["tickets"]["age_seconds"] is None


def test_pending_stands_beside_n_where_there_is_any(found: dict[str, Any]) -> None:
    assert found["metrics"]["proactive.open_rate"]["pending"] == 410
    assert "pending" not in found["metrics"]["human.csat"]


def test_a_median_of_nothing_and_what_is_unavailable_are_both_null_but_not_the_same(found: dict[str, Any]) -> None:
    nothing, unavailable = found["metrics"]["human.csat"], found["metrics"]["human.first_response_office.median"]
    assert (nothing["value"], nothing["quality"], nothing["reason"]) == (None, "exact", None)
    assert (unavailable["value"], unavailable["quality"]) == (None, "unavailable")
    assert unavailable["reason"].endswith(".")


def test_counts_are_integers_and_no_number_is_beyond_json() -> None:
    report = make_report()
    assert to_json(report)["metrics"]["proactive.delivered"]["value"] == 12_480
    assert isinstance(to_json(report)["metrics"]["proactive.delivered"]["value"], int)
    odd = replace(report.metrics["human.csat"], value=math.nan, change=math.inf)
    found = to_json(replace(report, metrics={"human.csat": odd}))["metrics"]["human.csat"]
    assert (found["value"], found["change"]) == (None, None)


def test_without_comparison_and_breakdown_they_are_null() -> None:
    found = to_json(replace(make_report(), comparison=None, breakdown=None))
    assert found["comparison"] is None
    assert found["breakdown"] is None
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []
