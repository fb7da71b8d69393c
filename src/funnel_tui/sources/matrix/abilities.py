"""What a Matrix server can tell."""

from funnel_tui.model.abilities import Abilities, approximate, each

_GUESS = approximate("what is a question is guessed from the messages")

ABILITIES = Abilities(
    metrics=each(("internal.questions", "internal.repeated", "internal.interruption"), _GUESS),
    feeds={"messages": ("internal.",)},
    concerns=("internal.",),
)
