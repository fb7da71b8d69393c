"""Fault rules in their written form."""

import pytest

from funnel_tui.demo.faults import Fault, Faults


def test_a_rule_strikes_its_paths_as_often_as_it_says() -> None:
    faults = Faults()
    faults.add_rule("status=503:/conversations/search:2")
    assert faults.strike("/articles") is None
    struck = [faults.strike("/conversations/search") for _ in range(3)]
    assert [fault is not None for fault in struck] == [True, True, False]
    assert struck[0] is not None
    assert (struck[0].kind, struck[0].value) == ("status", 503.0)


def test_a_rule_without_a_number_strikes_for_ever_until_cleared() -> None:
    faults = Faults()
    faults.add_rule("deny:/export")
    assert [faults.strike("/export/content/data") for _ in range(3)] == [Fault("deny", "/export")] * 3
    faults.clear()
    assert faults.strike("/export/content/data") is None


@pytest.mark.parametrize("rule", ["sulk:/me", "reset", "reset:me", "status=high:/me", "reset:/me:often"])
def test_rules_that_make_no_sense(rule: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Faults().add_rule(rule)
