"""How people come to the team: at once, or after the bot or an article did not do."""

from .shares import Part, SharesPane


class ReachedPane(SharesPane):
    TITLE = "TO THE TEAM"
    ROLE = "human"
    PARTS = (
        Part("human.inbound", "Reached it"),
        Part("human.direct", "From the start", "At once", of="human.inbound", words="of all"),
        Part(
            "human.after_selfserve",
            "After self-serve",
            "After a try",
            of="human.inbound",
            words="of all",
            role="selfserve",
        ),
    )
