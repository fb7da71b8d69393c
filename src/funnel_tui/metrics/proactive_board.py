"""The board of what the team sends unasked: campaigns, its weeks, and whether fewer people ask where more is sent."""

from funnel_tui.metrics.past import last_weeks
from funnel_tui.metrics.rankings import Table, ranking, why_not
from funnel_tui.metrics.tiles import Tiles
from funnel_tui.metrics.together import FEWEST, together
from funnel_tui.model.boards import Correlation, ProactiveBoard
from funnel_tui.model.values import Series
from funnel_tui.store.filters import CAMPAIGN

_CAMPAIGNS = Table(
    by=CAMPAIGN,
    key=CAMPAIGN,
    metrics=(
        "proactive.delivered",
        "proactive.opened",
        "proactive.open_rate",
        "proactive.clicked",
        "proactive.replied",
        "proactive.bounced",
    ),
    there=("delivered", "bounced"),
    trend="delivered",
)


def proactive_board(tiles: Tiles, now: int) -> ProactiveBoard:
    weekly = last_weeks(tiles)
    found, reason = _together(tiles, weekly)
    return ProactiveBoard(ranking(tiles, _CAMPAIGNS), weekly, found, reason)


def _together(tiles: Tiles, weekly: Series) -> tuple[tuple[Correlation, ...], str | None]:
    for metric in ("proactive.delivered", "selfserve.seekers"):
        reason = why_not(tiles, metric)
        if reason is not None:
            return (), reason
    weeks = len(weekly.points)
    if weeks < FEWEST:
        known = f"{weeks} {'is' if weeks == 1 else 'are'} known" if weeks else "none is known"
        return (), f"It takes {FEWEST} complete weeks; {known}."
    delivered = [point.proactive_delivered or 0 for point in weekly.points]
    seekers = [point.seekers or 0 for point in weekly.points]
    for label, counts in (("messages were delivered", delivered), ("people sought support", seekers)):
        if len(set(counts)) == 1:
            return (), f"As many {label} in each week: nothing moves."
    return together(delivered, seekers), None
