"""The help centre's counters: cumulative, growing with the hours of the day."""

from dataclasses import dataclass

from funnel_tui.demo.world.calendar import DAY
from funnel_tui.demo.world.chance import poisson, stream
from funnel_tui.demo.world.company import Company
from funnel_tui.demo.world.topics import TOPICS, Topic
from funnel_tui.demo.world.world import Row

WRITTEN_DAYS_BEFORE = 400
"""Articles were written this many days before the oldest day of the world, and have counted since."""

_QUIET = 0.5
"""Of the views of a usual day those after which nobody writes: the others are counted with what was written."""
_RUSH = 8
"""More of them on the article about an incident, on each of its days."""

_BY_HOUR = (1, 1, 1, 1, 1, 2, 3, 5, 8, 11, 13, 13, 11, 11, 13, 13, 12, 10, 8, 6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Counters:
    views: int
    conversations: int
    reactions: int
    fin_involvements: int
    fin_resolutions: int


class HelpCenter:
    def __init__(self, company: Company, first_day: int) -> None:
        self._company = company
        self._first_day = first_day
        self._sums: dict[int, list[int]] = {}
        """Article -> quiet views of the world's days, cumulated."""

    def _quiet(self, topic: Topic, at: int) -> int:
        """Views of a topic's article after which nobody wrote, from the world's first day up to a moment."""
        calendar = self._company.calendar
        day = calendar.day(at)
        sums = self._sums.setdefault(topic.article, [0])
        while len(sums) <= day - self._first_day:
            sums.append(sums[-1] + self._on(topic, self._first_day + len(sums) - 1))
        before = sums[day - self._first_day]
        hour = (at - calendar.midnight(day)) * 24 / DAY
        whole = min(int(hour), 23)
        share = (sum(_BY_HOUR[:whole]) + (hour - whole) * _BY_HOUR[whole]) / sum(_BY_HOUR)
        return before + int(self._on(topic, day) * min(share, 1.0))

    def counters(self, topic: Topic, rows: list[Row], at: int) -> Counters:
        """All counters of a topic's article, from all conversations that there have been: whoever began one on its page
        has viewed it."""
        own = [row for row in rows if row.script.topic == topic.key]
        page = f"/{topic.article}"
        begun = sum(1 for row in own if row.script.url is not None and row.script.url.endswith(page))
        involved = sum(1 for row in own if row.state.ai_answered)
        solved = sum(1 for row in own if row.state.ai_state in ("confirmed_resolution", "assumed_resolution"))
        views_before = int(topic.views * WRITTEN_DAYS_BEFORE * 0.8)
        # What the bot explains badly the article does too.
        before = int(views_before * (0.42 - 0.24 * topic.bot))
        views = views_before + self._quiet(topic, at) + begun
        return Counters(views, before + begun, views // 37, before * 2 + involved, before + solved)

    def _on(self, topic: Topic, day: int) -> int:
        usual = topic.views * _QUIET * (1.0 if self._company.calendar.opening(day) else 0.36)
        rush = sum(_RUSH for _ in self._company.incidents.on(day)) if topic.key == "sync delay" else 0
        return poisson(stream(self._company.seed, "views", topic.article, day), usual) + rush


ARTICLES = {topic.article: topic for topic in TOPICS}
