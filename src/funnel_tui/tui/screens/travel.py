"""Time travel: a track of the queue at the foot of the screen, a moment on it, and everything above as it was then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from funnel_tui.charts.cells import Canvas, Line, cell_width, style
from funnel_tui.charts.track import moment_at, track_chart
from funnel_tui.model.boards import Track
from funnel_tui.model.values import Report
from funnel_tui.tui.answers import Answer, LoadFailed, TrackReady
from funnel_tui.tui.bindings import PERIOD_KEYS, to_bindings
from funnel_tui.tui.layout import SCRUBBER_HEIGHT
from funnel_tui.tui.questions import TrackAsked
from funnel_tui.tui.travelling import DAY, POINTS, Journey, away_words
from funnel_tui.tui.widgets.lines import LineView

from .modal import Modal

if TYPE_CHECKING:
    from funnel_tui.tui.app import FunnelApp

PLAY_SECONDS = 0.5
"""Between two steps while playing, if the screen has kept up."""
_KEYS = (
    ("Esc", "live"),
    ("← →", "step"),
    ("PgUp PgDn", "far"),
    ("+ −", "track"),
    ("Space", "play"),
    ("Enter", "stay"),
    ("0", "date"),
)


def head_line(journey: Journey, words: str, width: int, *, playing: bool) -> Line:
    """Which moment this is, how far away, and how much time the track shows."""
    canvas = Canvas(width, 1)
    canvas.write(0, 0, "─" * width, style("warn"))
    title = " ▶ PLAYING " if playing else " TIME TRAVEL "
    x = canvas.write(1, 0, title, style("ground", "warn", bold=True))
    x = canvas.write(x, 0, f" {words} ", style("text", bold=True))
    x = canvas.write(x, 0, f"· {away_words(journey.now - journey.at)} ", style("muted"))
    reach = f" {journey.span.words} "
    if x + cell_width(reach) + 2 <= width:
        canvas.write(width - cell_width(reach) - 1, 0, reach, style("muted"))
    return canvas.lines()[0]


def keys_line(width: int) -> Line:
    canvas = Canvas(width, 1)
    x = 1
    for keys, word in _KEYS:
        if x + cell_width(keys) + len(word) + 1 > width:
            continue
        x = canvas.write(x, 0, keys, style("warn", bold=True))
        x = canvas.write(x + 1, 0, word, style("muted")) + 2
    return canvas.lines()[0]


class Scrubber(LineView):
    """The track with its moment. The screen sets what it shows and calls `redraw`."""

    def __init__(self, journey: Journey) -> None:
        super().__init__(id="scrubber")
        self.journey = journey
        self.track: Track | None = None
        self.problem = ""
        self.playing = False

    def draw(self, width: int, height: int) -> Sequence[Line]:
        zone = self.funnel.settings.zone
        moment = datetime.fromtimestamp(self.journey.at, zone)
        words = "live" if self.journey.live else f"{moment:%a %-d %b %Y %H:%M}"
        lines: list[Line] = [head_line(self.journey, words, width, playing=self.playing)]
        if self.track is None:
            canvas = Canvas(width, height - 2)
            canvas.write(1, 0, self.problem or "reading the queue's history …", style("muted"), width=width - 2)
            lines += canvas.lines()
        else:
            app = self.funnel
            lines += track_chart(
                self.track,
                width,
                height - 2,
                zone,
                at=self.journey.at,
                waiting=self._waiting(),
                glyphs=app.glyphs,
                mono=app.ink.mono,
            )
        return (*lines, keys_line(width))

    def _waiting(self) -> int | None:
        """The queue at the moment, once the figures above are those of it."""
        shown, report = self.funnel.shown, self.funnel.report
        at = None if self.journey.live else self.journey.at
        if shown is None or report is None or shown.at != at:
            return None
        value = report["queue.waiting"].value
        return None if value is None else int(value)

    def moment(self, x: int) -> int | None:
        if self.track is None:
            return None
        return moment_at(self.track, self.size.width, x)


class TravelScreen(Modal[None]):
    """Lies over the foot of whatever screen is open; that one shows the moment as it would show the present."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,t", "live", show=False),
        Binding("enter", "stay", show=False),
        Binding("left,h,comma", "step(-1)", show=False),
        Binding("right,l,full_stop", "step(1)", show=False),
        Binding("pageup,shift+left,less_than_sign", "stride(-1)", show=False),
        Binding("pagedown,shift+right,greater_than_sign", "stride(1)", show=False),
        Binding("home", "end(0)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("plus,equals_sign,up,k", "widen(-1)", show=False),
        Binding("minus,down,j", "widen(1)", show=False),
        Binding("space", "play", show=False),
        Binding("0", "moment", show=False),
        Binding("q,ctrl+c", "app.quit", show=False),
        *to_bindings(PERIOD_KEYS[:5]),
    ]
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self.journey = Journey(0, 0, 0)
        self._wanted: TrackAsked | None = None
        self._timer: Timer | None = None

    @property
    def funnel(self) -> "FunnelApp":
        return cast("FunnelApp", self.app)

    def compose(self) -> ComposeResult:
        app = self.funnel
        now, report = app.clock(), app.report
        begun = (report.known_from if report else None) or now - 365 * DAY
        at = now if app.view.at is None else app.view.at
        self.journey = Journey(now, now, begun).to(at)
        scrubber = Scrubber(self.journey)
        scrubber.styles.height = SCRUBBER_HEIGHT + 1
        yield scrubber

    @property
    def scrubber(self) -> Scrubber:
        return self.query_one(Scrubber)

    def on_mount(self) -> None:
        self._ask()

    def _ask(self) -> None:
        """The curve for the stretch that the track shows, if it is another one."""
        start, end = self.journey.stretch
        asked = TrackAsked(replace(self.funnel.view, at=None), start, end, POINTS)
        if asked != self._wanted:
            self._wanted = asked
            self.funnel.loader.ask(asked)

    def report_changed(self, report: Report) -> None:
        """The figures above are those of another moment."""
        self.scrubber.redraw()

    def action_moment(self) -> None:
        from .ask import AskMoment

        self.app.push_screen(AskMoment(self.funnel.settings.zone), self._moment_told)

    def _moment_told(self, text: str | None) -> None:
        if text:
            self.go(self.journey.to(int(text)))

    def answered(self, answer: Answer) -> None:
        match answer:
            case TrackReady(asked, track) if asked == self._wanted:
                self.scrubber.track = track
                self.scrubber.redraw()
            case LoadFailed("track", reason):
                self.scrubber.problem = reason
                self.scrubber.redraw()

    def go(self, journey: Journey) -> None:
        """Show another moment above, and its place on the track."""
        self.journey = self.scrubber.journey = journey
        at = None if journey.live else journey.at
        if at != self.funnel.view.at:
            self.funnel.look(replace(self.funnel.view, at=at))
        self._ask()
        self.scrubber.redraw()

    def action_step(self, steps: int) -> None:
        self.go(self.journey.stepped(steps))

    def action_stride(self, steps: int) -> None:
        self.go(self.journey.stepped(steps, far=True))

    def action_end(self, last: int) -> None:
        start, end = self.journey.stretch
        self.go(self.journey.to(end if last else start))

    def action_widen(self, by: int) -> None:
        self.go(self.journey.widened(by))

    def action_period(self, period: str) -> None:
        self.funnel.look(self.funnel.view.show(period))

    def action_play(self) -> None:
        if self._timer is None:
            self._timer = self.set_interval(PLAY_SECONDS, self._play)
        else:
            self._timer.stop()
            self._timer = None
        self.scrubber.playing = self._timer is not None
        self.scrubber.redraw()

    def _play(self) -> None:
        """One step on, once the screen shows the last one; the present is the end."""
        if self.funnel.shown != self.funnel.view:
            return
        self.go(self.journey.stepped(1))
        if self.journey.live and self._timer is not None:
            self.action_play()

    def action_live(self) -> None:
        if self.funnel.view.at is not None:
            self.funnel.look(replace(self.funnel.view, at=None))
        self.dismiss(None)

    def action_stay(self) -> None:
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        scrubber = self.scrubber
        if not scrubber.region.contains(event.screen_x, event.screen_y):
            self.action_stay()
            return
        moment = scrubber.moment(event.screen_x - scrubber.region.x)
        if moment is not None:
            self.go(self.journey.to(moment))

    def on_mouse_scroll_down(self) -> None:
        self.action_step(1)

    def on_mouse_scroll_up(self) -> None:
        self.action_step(-1)
