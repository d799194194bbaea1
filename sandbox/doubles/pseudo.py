"""Pseudo-translation: readable, visibly not the original, and saying so, as `[es-ES] Ŵéļçömé`."""

import re

_PLAIN = "AaBbCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz"
_ACCENTED = "ÅáƁƀÇçĎđÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŔřŠšŦţÛûŴŵÝýŽž"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_WITHOUT = str.maketrans(_ACCENTED, _PLAIN)
_KEPT = re.compile(r"(<[^>]*>|\{[^}]*\}|&\w+;|https?://\S+)")
_LABEL = re.compile(r"\[[A-Za-z0-9-]+\] ")


def accented(text: str) -> str:
    """`text` with accents; tags, placeholders, entities and addresses stay as they are."""
    pieces = _KEPT.split(text)
    return "".join(piece if _KEPT.fullmatch(piece) else piece.translate(_ACCENTS) for piece in pieces)


def unaccented(text: str) -> str:
    """The letters that `accented` replaced, put back. An accent of the original is lost where it is the same."""
    return text.translate(_WITHOUT)


def pseudo(text: str, locale: str) -> str:
    """`text` with accents, labelled with `locale`.

    Lines keep their number. A text labelled by an earlier pass gets the new label in place of the old.
    """
    return f"[{locale}] {accented(_LABEL.sub('', text, count=1))}"
