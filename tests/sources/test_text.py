"""Loose scalars of the wire."""

import pytest

from funnel_tui.sources.text import amount, ident, label, moment, plain, tally


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (0, None),
        ("0", None),
        ("", None),
        (12, "12"),
        (12.0, "12"),
        ("007", "007"),
        (" a ", "a"),
        (True, None),
    ],
)
def test_ids(value: object, expected: str | None) -> None:
    assert ident(value) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_700_000_000, 1_700_000_000),
        (1_700_000_000.9, 1_700_000_000),
        ("1700000000", 1_700_000_000),
        (1_700_000_000_123, 1_700_000_000),
        ("2026-01-01T00:00:00Z", 1_767_225_600),
        ("2026-01-01 00:00:00 UTC", 1_767_225_600),
        ("2026-01-01T05:30:00+05:30", 1_767_225_600),
        (None, None),
        (0, None),
        (-5, None),
        ("", None),
        ("soon", None),
        (float("nan"), None),
        (float("inf"), None),
        ("inf", None),
    ],
)
def test_moments(value: object, expected: int | None) -> None:
    assert moment(value) == expected  # type: ignore[arg-type]


def test_numbers() -> None:
    assert amount("4.5") == 4.5
    assert amount("many") is None
    assert amount(float("nan")) is None
    assert (tally(-3), tally(None), tally("7"), tally(-3.4e38)) == (0, 0, 7, 0)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hi</p><p>there&nbsp;&amp; you</p>", "Hi\nthere & you"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ('<img src="https://x.example/i.png">', None),
        ("<script>alert(1)</script>ok", "ok"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("use <name> here", "use <name> here"),
        ("red \x1b[31malert\x07 \u202egnp", "red [31malert gnp"),
        ("&lt;b&gt;", "<b>"),
        ("  ", None),
        (None, None),
    ],
)
def test_html_becomes_plain_text_that_a_terminal_can_show(html: str | None, text: str | None) -> None:
    assert plain(html) == text


def test_labels_have_one_line() -> None:
    assert label("<p>Order\n 12</p>") == "Order 12"
