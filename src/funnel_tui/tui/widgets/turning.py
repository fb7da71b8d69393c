"""Panes that show one of several things at a time: a key, or a click on the title, turns to the next."""

from textual import events

from funnel_tui.tui.messages import Picked

from .panes import PaneView


class TurningPane(PaneView):
    def turn(self) -> str | None:
        """The next one; says which. None where there is no other."""
        raise NotImplementedError

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            # However fast the clicks come, the title opens nothing.
            event.prevent_default()
            self.turn()
            self.post_message(Picked(self.pane))
