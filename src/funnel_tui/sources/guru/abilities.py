"""What Guru can tell: titles to find and to hold against what is asked inside the team; no figure is about it.

Its readers are teammates. Were their views taken for customers' reading, there would be seekers who never wrote, and
every one of them resolved by an article.
"""

from funnel_tui.model.abilities import Abilities

ABILITIES = Abilities(concerns=("knowledge.",))
