"""Patterns of blob paths, such as `inbox/{name}`."""

import re

from sandbox.host.protocol import TypedData, text


def captures(pattern: str, path: str) -> dict[str, TypedData]:
    """Name the parts of a path by the pattern's braces; nothing when the path is of another form."""
    pieces = re.split(r"\{(\w+)\}", pattern)
    literals, names = pieces[::2], pieces[1::2]
    expression = "".join(f"{re.escape(literal)}(.+)" for literal in literals[:-1]) + re.escape(literals[-1])
    match = re.fullmatch(expression, path, re.DOTALL)
    return {name: text(value) for name, value in zip(names, match.groups(), strict=True)} if match else {}
