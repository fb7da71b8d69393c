"""What is a question, and which two are the same."""

import pytest

from funnel_tui.model.asking import alike, asks, topic


@pytest.mark.parametrize(
    "text",
    [
        "How do I issue a refund?",
        "Where is the refund policy?",
        "how do I reset a customer's password",
        "Hi team, can someone look at ticket 4711",
        "<@U123> what does error 42 mean",
        "Hello! Anyone know who owns the billing export",
        "The export fails (again?).",
        "Refunds: two weeks, right?",
        "any idea why the widget is slow",
        "请问怎么退款\uff1f",
    ],
)
def test_questions(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Deploy finished.",
        "See https://example.com/search?q=refund for the policy",
        "Run `grep -c ? file` before you go",
        "```what is this```",
        "Thanks, that helped",
        "I will do it tomorrow",
        "The answer is in the runbook",
        "Have a nice weekend all",
        "Whatever works",
        ":question: channel topic was changed",
        "Don't restart the worker",
    ],
)
def test_statements(text: str | None) -> None:
    assert not asks(text)


def test_the_same_in_other_words() -> None:
    assert alike(topic("How do I issue a refund for an order?"), topic("hi, how can we issue refunds for orders"))
    assert not alike(topic("How do I issue a refund?"), topic("Where is the password policy?"))


def test_one_word_in_common_is_not_enough() -> None:
    assert not alike(topic("Refund?"), topic("Refund?"))


def test_code_links_and_mentions_say_nothing_of_the_topic() -> None:
    assert topic("<@U1> see https://example.com/refund `refund()` :refund:") == frozenset()
