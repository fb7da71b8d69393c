"""Other people's words, made to take as many cells in every terminal as we count.

`charts.cells.clean` already takes out what could move the cursor or turn the direction of writing. What is left are
characters on whose width terminals disagree: joined emoji are two cells in one terminal and six in the next, and the
rest of the line would stand where nobody expects it.
"""

import re

from funnel_tui.charts.cells import clean

_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u20e3]")
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")


def steady(text: str) -> str:
    """`text` on one line, harmless, and with each emoji by itself; flags become their letters."""
    if text.isascii():
        return clean(text)
    text = _FLAG_LETTER.sub(lambda match: chr(ord(match.group()) - 0x1F1E6 + ord("A")), text)
    return clean(_JOINERS.sub("", text))
