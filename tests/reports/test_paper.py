"""Text, Markdown and CSV: what people and spreadsheets read."""

import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from funnel_tui.charts.cells import cell_width
from funnel_tui.model.values import Period
from funnel_tui.reports import render, render_text, words
from tests.reports.fake import ZONE, at, make_report


def text(**options: object) -> str:
    return render_text(make_report(), **{"color": False, "width": 100, **options})  # type: ignore[arg-type]


def test_text_says_period_comparison_zone_and_filter_first() -> None:
    assert text().splitlines()[:4] == [
        "Month to date: 1–22 Nov 2026, still running",
        "compared with 1–22 Oct 2026 (previous)",
        "as of Sun 22 Nov 2026 16:00, Asia/Kolkata",
        "only team: billing, tech",
    ]


def test_text_aligns_values_and_puts_n_change_and_pending_beside_them() -> None:
    lines = text().splitlines()
    rate = next(line for line in lines if line.startswith("  Open rate"))
    response = next(line for line in lines if line.startswith("  First response  "))
    assert rate.split() == [
        "Open",
        "rate",
        "49",
        "%",
        "▼",
        "1.1",
        "pt",
        "unclear",
        "n",
        "12,480",
        "(48–50)",
        "410",
        "pending",
    ]
    assert response.split() == ["First", "response", "2m", "41s", "▼", "14", "%", "better", "n", "1,204"]
    assert rate.index("49 %") + 4 == response.index("2m 41s") + 6


def test_text_marks_quality() -> None:
    assert "≈ 63 %" in text()
    unavailable = next(line for line in text().splitlines() if line.startswith("  First response, office"))
    assert unavailable.split()[3:] == ["n/a", "No", "office", "hours", "are", "configured."]
    assert next(line for line in text().splitlines() if line.startswith("  CSAT")).split() == ["CSAT", "–", "n", "0"]


def test_text_without_colour_has_no_escape_and_with_it_the_same_words() -> None:
    assert "\x1b" not in text()
    coloured = text(color=True, depth="16")
    assert "\x1b[" in coloured
    assert "2m 41s" in coloured


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_text_keeps_to_its_width(width: int) -> None:
    assert max(cell_width(line) for line in text(width=width, definitions=True).splitlines()) <= width


def test_text_prints_definitions_on_request() -> None:
    wanted = "human.csat: What CSAT means."
    assert wanted in text(definitions=True)
    assert wanted not in text()


def test_text_tells_how_old_the_data_is() -> None:
    assert "acme (intercom): ok, read 4s ago" in text()
    assert "tickets (zendesk): never, never read: no credential" in text()


def test_text_of_an_empty_period_says_so() -> None:
    report = replace(make_report(), funnel=replace(make_report().funnel, nodes=(), links=()), signals=())
    assert "nobody sought support in this period" in render_text(report, color=False, width=80)


def test_markdown_escapes_what_came_from_outside() -> None:
    found = render(make_report(), "md")
    assert "| =billing\\|\\<b\\> |" in found
    assert "**Bot hands off \\[invoices\\]**" in found
    assert "| First response | 2m 41s | ▼ 14 % better | 1,204 |  |" in found


def test_csv_is_one_tidy_table_with_raw_values() -> None:
    rows = list(csv.DictReader(io.StringIO(render(make_report(), "csv"))))
    first = next(row for row in rows if row["metric"] == "human.first_response.median" and not row["by"])
    assert (first["value"], first["n"], first["change"], first["verdict"]) == ("161.0", "1204", "-0.139", "better")
    assert first["start"] == "2026-11-01T00:00:00+05:30"
    unavailable = next(row for row in rows if row["metric"] == "human.first_response_office.median")
    assert (unavailable["value"], unavailable["quality"]) == ("", "unavailable")


def test_csv_defuses_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(render(make_report(), "csv"))))
    assert {row["key_label"] for row in rows if row["by"]} == {"'=billing|<b>", "tech"}


@pytest.mark.parametrize(
    ("start", "end", "title"),
    [
        ("2026-11-01T00:00", "2026-12-01T00:00", "1–30 Nov 2026"),
        ("2026-10-30T00:00", "2026-11-03T00:00", "30 Oct – 2 Nov 2026"),
        ("2025-12-30T00:00", "2026-01-02T00:00", "30 Dec 2025 – 1 Jan 2026"),
        ("2026-11-22T00:00", "2026-11-23T00:00", "22 Nov 2026"),
    ],
)
def test_spans_as_people_write_them(start: str, end: str, title: str) -> None:
    assert words.span_title(at(start), at(end), ZONE) == title


@pytest.mark.parametrize(
    ("name", "complete", "title"),
    [
        ("today", False, "Today"),
        ("month", False, "Month to date"),
        ("month", True, "Month"),
        ("last-28d", True, "Last 28 days"),
        ("2026-11-01..2026-11-15", True, "Period"),
    ],
)
def test_period_titles(name: str, complete: bool, title: str) -> None:
    start, end = at("2026-11-01T00:00"), at("2026-12-01T00:00")
    as_of = end if complete else start + 1
    assert words.period_title(Period(name, start, end, as_of, ZONE)) == title


def test_html_is_one_file_that_loads_nothing() -> None:
    found = render(make_report(), "html")
    root = ElementTree.fromstring(found.partition("<body>")[2].partition("</body>")[0].join(("<body>", "</body>")))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}svg")) == 2
    assert "<script" not in found
    assert not [word for word in ("src=", "href=", "url(", "@import") if word in found]


def test_html_escapes_what_came_from_outside() -> None:
    found = render(make_report(), "html")
    assert "=billing|&lt;b&gt;" in found
    assert "<b>\n" not in found.replace("</b>", "")


def test_svg_is_one_picture_of_the_text_report() -> None:
    root = ElementTree.fromstring(render(make_report(), "svg"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert int(root.attrib["width"]) >= 800
    said = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "First response" in said
    assert "2m 41s" in said


def test_a_chart_that_does_not_know_what_self_serve_resolved_says_so() -> None:
    report = make_report()
    points = tuple(replace(point, selfserve_resolved=None) for point in report.series.points)
    assert any(point.human_resolved for point in points)
    unknown = replace(report, series=replace(report.series, points=points))
    for said, known in (
        (render_text(unknown, color=False, width=100), render_text(report, color=False, width=100)),
        (render(unknown, "html"), render(report, "html")),
    ):
        assert "self-serve n/a" in said
        assert "self-serve n/a" not in known
