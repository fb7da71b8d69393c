"""Whether a chat message asks something, and whether two ask the same: guesses from words alone (English)."""

import re
from collections.abc import Set

_NOISE = re.compile(
    r"```.*?```|`[^`]*`|https?://\S+|<[@#!][^>]*>|(?<!\w)@[\w.:-]+|:[a-z0-9_+-]+:", re.DOTALL | re.IGNORECASE
)
"""Code, links, mentions and emoji names: their marks and words ask nothing."""
_MARK = re.compile(r"[?\uff1f\u061f](?=\s|$|[)\]\"'*_~!.])")
_GREETING = re.compile(
    r"^(?:\W+|(?:hi|hey|hello|morning|good (?:morning|afternoon|evening)|all|team|folks|everyone|everybody|guys|please"
    r"|pls|quick question|question|so|and|but|ok|okay|sorry|um|oh)\b)+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:how|what|where|when|why|who|whom|whose|which|what's|where's|who's|how's|can|could|is|are|was|were|does|do|did"
    r"|should|would|will|has|have|may|shall|isn't|aren't|doesn't|don't|can't|couldn't|won't"
    r"|any(?:one|body)\b.*\b(?:know|knows|have|has|seen|tell|help)|any (?:idea|ideas|chance|news|update|updates)"
    r"|does any(?:one|body)|(?:i|we) (?:wonder|need help)|help with)\b",
    re.IGNORECASE,
)
_STATEMENT = re.compile(r"(?:do not|don't|will do|have a|can do|is now|are now|may the)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][^\W_'-]+")
_FILLERS = """
a about after all also am an and any anybody anyone are as at be been before but by can cannot could did do
does done for from get got had has have hello help here hey hi how i if in into is it its just know like me
more my need no not now of on one or our out please quick question say see should so some somebody someone
tell than thank thanks that the their them then there they this to too up us use want was we were what when
where which who why will with would yes you your
"""
_COMMON = frozenset(_FILLERS.split())
_ENDINGS = ("ing", "ed", "es", "s")
ALIKE = 0.6
"""The share of their words that two questions have in common from which on they are the same."""


def asks(text: str | None) -> bool:
    """Whether a message asks something: a question mark at a word's end, or an opening as questions have."""
    if not text:
        return False
    bare = _NOISE.sub(" ", text)
    if _MARK.search(bare):
        return True
    start = _GREETING.sub("", bare.strip()).lstrip()
    return bool(_OPENING.match(start)) and not _STATEMENT.match(start)


def topic(text: str | None) -> frozenset[str]:
    """The words that say what a message is about, endings cut."""
    words = (word.casefold() for word in _WORD.findall(_NOISE.sub(" ", text or "")))
    return frozenset(_stem(word) for word in words if word not in _COMMON)


def alike(one: Set[str], other: Set[str]) -> bool:
    """Whether two topics are the same: at least two words, and most of both, in common."""
    shared = len(one & other)
    return shared >= 2 and shared >= ALIKE * len(one | other)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
