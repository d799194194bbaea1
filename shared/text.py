"""Text from outside, made fit to be kept: any record, log and page can hold it."""

import re

#: Half of a surrogate pair, which no encoding takes, and control characters other than tab and the ends of lines.
NOT_STORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with a replacement character for each that cannot be stored everywhere."""
    return NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def shortened(text: str, longest: int) -> str:
    """At most that many characters of the text; an ellipsis says that there were more."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
