"""The catalogue as a page: `python -m funnel_tui.metrics.document > docs/metrics.md`."""

from funnel_tui.metrics.catalogue import CATALOGUE
from funnel_tui.model.values import Direction, MetricSpec

_LAYERS = {
    "proactive": "Proactive",
    "selfserve": "Self-serve",
    "human": "Human",
    "queue": "The queue, now",
    "internal": "Questions inside the team",
    "savings": "Savings",
}
_BETTER = {Direction.UP: "more", Direction.DOWN: "less", Direction.NEITHER: ""}

_HEAD = """\
# Metrics

Made from the catalogue by `python -m funnel_tui.metrics.document > docs/metrics.md`; a test keeps the two alike.

An **episode** is one run of a conversation from a customer's first message to the close that lasted; a return within
seven days continues it, a later one begins another. Rates belong to the cohort that started in the period, times to the
period of the event that ended them. A median of nothing is null, a count of nothing 0. What the sources cannot tell is
unavailable and says why.
"""


def page() -> str:
    parts = [_HEAD]
    for layer, title in _LAYERS.items():
        rows = [_row(spec) for spec in CATALOGUE.values() if spec.layer == layer]
        parts.append(
            f"\n## {title}\n\n| id | label | unit | better | definition |\n|---|---|---|---|---|\n" + "".join(rows)
        )
    return "".join(parts)


def _row(spec: MetricSpec) -> str:
    return f"| `{spec.id}` | {spec.label} | {spec.unit.value} | {_BETTER[spec.direction]} | {spec.definition} |\n"


if __name__ == "__main__":
    print(page(), end="")
