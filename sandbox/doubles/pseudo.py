"""Pseudo-translation: readable, visibly not the original, and saying so, as `[es-ES] Ŵéļçömé`."""

import re

_PLAIN = "AaBbCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz"
_ACCENTED = "ÅáƁƀÇçĎđÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŔřŠšŦţÛûŴŵÝýŽž"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(<[^>]*>|\{[^}]*\}|&\w+;|https?://\S+)")
_LABEL = re.compile(r"\[[A-Za-z0-9-]+\] ")


def pseudo(text: str, locale: str) -> str:
    """`text` with accents, labelled with `locale`; tags, placeholders, entities and addresses stay as they are.

    Lines keep their number. A text labelled by an earlier pass gets the new label in place of the old.
    """
    pieces = _KEPT.split(_LABEL.sub("", text, count=1))
    accented = [piece if _KEPT.fullmatch(piece) else piece.translate(_ACCENTS) for piece in pieces]
    return f"[{locale}] {''.join(accented)}"
