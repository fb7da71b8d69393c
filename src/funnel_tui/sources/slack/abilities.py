"""What chat in Slack can tell: questions inside the team, nothing of customers."""

from collections.abc import Sequence

from funnel_tui.model.abilities import INTERNAL, Abilities, approximate, each

_GUESS = "what is a question is guessed from its words"

ABILITIES = Abilities(
    metrics=each(("internal.questions", "internal.repeated", "internal.interruption"), approximate(_GUESS)),
    concerns=(INTERNAL,),
)


def of_channels(streams: Sequence[str]) -> Abilities:
    """With what a channel that cannot be read takes away."""
    if len(streams) == 1:
        return Abilities(metrics=ABILITIES.metrics, concerns=ABILITIES.concerns, feeds={streams[0]: (INTERNAL,)})
    return Abilities(
        metrics=ABILITIES.metrics,
        concerns=ABILITIES.concerns,
        without={stream: {INTERNAL: approximate(f"without {stream}")} for stream in streams},
    )
