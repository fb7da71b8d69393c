"""What customers write about, and how good the bot and the articles are at it."""

from dataclasses import dataclass

BILLING, TECHNICAL, ONBOARDING = 501, 502, 503

HELP_CENTER = "https://help.example.com/en/articles"
APP = "https://app.example.com"


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    """Also the tag."""
    team: int
    weight: float
    """Share of demand, relative."""
    bot: float
    """Chance that an answer of the bot settles it, at today's quality."""
    article: int
    title: str
    """Of the article."""
    asks: tuple[str, ...]
    answer: str
    reply: str
    from_article: float = 0.3
    """Share of conversations started on the article's page."""
    views: float = 8.0
    """Views of the article on a working day."""


TOPICS: tuple[Topic, ...] = (
    Topic(
        "password reset",
        TECHNICAL,
        11,
        0.76,
        7001,
        "Reset your password",
        (
            "I can't get in, the reset link says it expired",
            "How do I reset my password?",
            "My password is refused since this morning",
        ),
        "Ask for a new link under Sign in > Forgot password; links live for 30 minutes.",
        "I have sent you a fresh link, it works for the next 30 minutes.",
        0.35,
        15,
    ),
    Topic(
        "two-factor",
        TECHNICAL,
        5,
        0.44,
        7002,
        "Two-factor sign-in and recovery codes",
        ("New phone, no codes any more", "The six digits are always wrong"),
        "Recovery codes are under Profile > Security. With the old phone you can move the authenticator over.",
        "I have checked who you are and switched the second factor off for one sign-in.",
        0.3,
        6,
    ),
    Topic(
        "invoice copy",
        BILLING,
        12,
        0.20,
        7003,
        "Find your invoices",
        (
            "Please send me the invoice for last month",
            "I need a copy of invoice 2231 with our VAT number on it",
            "Our accountant misses two invoices",
        ),
        "All invoices are under Settings > Billing > History.",
        "Here are the copies with the VAT number added.",
        0.38,
        9,
    ),
    Topic(
        "refund",
        BILLING,
        7,
        0.28,
        7004,
        "Refunds and credits",
        ("We were charged twice", "We cancelled in time and still paid", "Can I have my money back for May?"),
        "Refunds go back to the card within five working days once they are granted.",
        "You are right, I have refunded the second charge.",
        0.22,
        5,
    ),
    Topic(
        "payment failed",
        BILLING,
        7,
        0.42,
        7005,
        "When a payment fails",
        ("My card was declined but it works elsewhere", "Payment failed three times, are we being cut off?"),
        "Please check the card under Settings > Billing; we try again after 24 hours.",
        "I have started the payment again and it went through.",
        0.3,
        7,
    ),
    Topic(
        "plan change",
        BILLING,
        8,
        0.58,
        7006,
        "Change your plan",
        ("How do we move to the yearly plan?", "Can I take two seats off before renewal?"),
        "Settings > Plan lets an owner change plan and seats; the difference is charged by the day.",
        "Done: you are on the yearly plan from today.",
        0.33,
        9,
    ),
    Topic(
        "data export",
        TECHNICAL,
        7,
        0.66,
        7007,
        "Export your data",
        ("Where can I export everything as CSV?", "My export has been pending for an hour"),
        "Settings > Data > Export; the file comes by mail and stays for two days.",
        "Your export was stuck behind a very large one, it is on its way now.",
        0.36,
        8,
    ),
    Topic(
        "import",
        ONBOARDING,
        7,
        0.52,
        7008,
        "Import from a spreadsheet",
        ("The import skips half of my rows", "Which columns does the import need?"),
        "The first row must hold the column names; dates as YYYY-MM-DD.",
        "Row 114 holds an empty date. I have attached a mended file.",
        0.38,
        9,
    ),
    Topic(
        "invite teammates",
        ONBOARDING,
        8,
        0.74,
        7009,
        "Invite your team",
        ("How do I add two colleagues?", "The invitation never arrived"),
        "Settings > People > Invite. Invitations can be sent again from the same page.",
        "I have sent both invitations again, please look into the spam folder too.",
        0.36,
        11,
    ),
    Topic(
        "first steps",
        ONBOARDING,
        9,
        0.70,
        7010,
        "Your first week",
        ("I've just signed up, where do I start?", "Is there a short tour for new people?"),
        "The first-week guide takes twenty minutes: create a space, invite people, import your list.",
        "Happy to show you around, shall we start with your list?",
        0.4,
        14,
    ),
    Topic(
        "single sign-on",
        TECHNICAL,
        4,
        0.26,
        7011,
        "Set up single sign-on",
        ("SAML says audience mismatch", "Can we enforce SSO for one group only?"),
        "Copy the audience URL from Settings > Security exactly, with the slash at its end.",
        "Your certificate expired on Sunday; the new one is in place now.",
        0.25,
        4,
    ),
    Topic(
        "api errors",
        TECHNICAL,
        5,
        0.24,
        7012,
        "API errors and limits",
        ("We get 409 on every second call", "Is the webhook signature documented somewhere?"),
        "409 means that the record changed meanwhile: read it again and repeat.",
        "Our side closed the connection too early for large bodies, that is mended.",
        0.28,
        6,
    ),
    Topic(
        "app crash",
        TECHNICAL,
        5,
        0.22,
        7013,
        "When the mobile app crashes",
        ("The app closes when I open a photo", "Crashes on start since the update"),
        "Please update to the newest version and restart the phone.",
        "Thank you for the report, we have a build for you to try.",
        0.2,
        4,
    ),
    Topic(
        "close account",
        BILLING,
        3,
        0.5,
        7014,
        "Close your account",
        ("Please delete our account", "How do I close the trial?"),
        "An owner can close the account under Settings > Plan > Close.",
        "Your account is closed, and the data goes after 30 days.",
        0.3,
        3,
    ),
    Topic(
        "sync delay",
        TECHNICAL,
        2,
        0.20,
        7015,
        "Sync delays and status",
        (
            "Nothing has synced since an hour",
            "Changes take ages to show up",
            "Is there an outage?",
            "Our board is stuck on old numbers",
        ),
        "The status page shows what we know about delays.",
        "We found the cause; everything catches up within the hour.",
        0.15,
        4,
    ),
)

BY_KEY = {topic.key: topic for topic in TOPICS}

URGENT = BY_KEY["sync delay"]
"""What an incident makes everybody write about."""

THANKS = ("Thank you!", "Great, that did it", "Perfect, thanks a lot", "ok thx 👍", "Brilliant — danke schön")
AGAIN = (
    "That's not what I meant",
    "I tried that already, it doesn't help",
    "And where exactly is that?",
    "Hm, I don't see that button",
    "Still the same",
)
MORE = (
    "One more thing, please",
    "Here is a screenshot",
    "It says something different for me",
    "Yes, the account of our Lisbon office",
    "When will that be?",
    "And for my colleague too?",
)
WORKING = (
    "Let me have a look",
    "I'm asking our engineers and will come back to you",
    "Could you tell me the address of the page?",
    "Thanks for your patience, I can see it in the logs",
    "I've set that up for you",
    "That needs one more step on your side",
)
RETURN = (
    "It happens again",
    "Sorry, I have to come back to this",
    "Unfortunately it's not solved",
    "Same problem as before!",
)
NOTES = (
    "Customer on the old plan, see the contract",
    "Checked the logs: nothing unusual",
    "Second time this month",
    "Please handle with care, renewal next week",
)
