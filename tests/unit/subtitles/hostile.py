"""Translators that make it hard: what a service, or a language model, may do to a text that it was given."""

import random
import re
from collections.abc import Callable, Mapping

from shared.subtitles.settle import Ask

Translator = Callable[[Ask], str | None]

_TAG = re.compile(r"(<[^<>]*>)")
_NUMBER = re.compile(r"\d+")


def _pieces(text: str) -> list[str]:
    """Tags, words and blanks."""
    return [
        piece for part in _TAG.split(text) for piece in ([part] if part.startswith("<") else re.split(r"(\s+)", part))
    ]


def _doubles(text: str, _: random.Random) -> str:
    return " ".join(
        piece if piece.startswith("<") or not piece.strip() else f"{piece} {piece}" for piece in _pieces(text)
    )


def _halves(text: str, _: random.Random) -> str:
    words = [piece for piece in _pieces(text) if piece.strip()]
    return " ".join(word for number, word in enumerate(words) if word.startswith("<") or number % 2 == 0)


def _reorders(text: str, chance: random.Random) -> str:
    words = [piece for piece in _pieces(text) if piece.strip()]
    places = [at for at, word in enumerate(words) if not word.startswith("<")]
    shuffled = chance.sample(places, len(places))
    moved = dict(zip(places, shuffled, strict=True))
    return " ".join(words[moved.get(at, at)] for at in range(len(words)))


def _moves_tags(text: str, chance: random.Random) -> str:
    pieces = _pieces(text)
    tags = [piece for piece in pieces if piece.startswith("<")]
    words = [piece for piece in pieces if not piece.startswith("<")]
    for tag in tags:
        words.insert(chance.randint(0, len(words)), tag)
    return "".join(words)


def _drops_tags(text: str, chance: random.Random) -> str:
    return "".join(piece for piece in _pieces(text) if not piece.startswith("<") or chance.random() < 0.5)


def _repeats_tags(text: str, _: random.Random) -> str:
    return _TAG.sub(r"\1\1", text)


def _merges(text: str, _: random.Random) -> str:
    return re.sub(r"[.!?…,;:。！？、-]+", "", text)


def _changes_numbers(text: str, _: random.Random) -> str:
    return "".join(
        piece if piece.startswith("<") else _NUMBER.sub(lambda found: str(int(found[0]) + 1), piece)
        for piece in _pieces(text)
    )


def _adds_markup(text: str, chance: random.Random) -> str:
    return text + chance.choice(
        ("<i>", "</i>", "<b>oh", "{\\an8}", "{x}", " --> ", "&lt;", "&", "**", "|", "<", "</span>")
    )


def _adds_blank_lines(text: str, _: random.Random) -> str:
    return text.replace(" ", "\r\n\r\n") + "\n\n7\n00:00:01,000 --> 00:00:02,000\nmore\n"


def _says_nothing(_: str, chance: random.Random) -> str:
    return chance.choice(("", " ", "\u200f", "<span id=1></span>", "…"))


def _writes_another_script(text: str, chance: random.Random) -> str:
    words = ("今日は天気が", "とてもいいですね。", "مرحبا بالعالم", "สวัสดีชาวโลก", "Ελλάδα", "👋🏽", "e\u0301té")
    return "".join(
        piece if piece.startswith("<") or not piece.strip() else chance.choice(words) for piece in _pieces(text)
    )


WAYS: Mapping[str, Callable[[str, random.Random], str]] = {
    way.__name__.strip("_"): way
    for way in (
        *(_doubles, _halves, _reorders, _moves_tags, _drops_tags, _repeats_tags, _merges, _changes_numbers),
        *(_adds_markup, _adds_blank_lines, _says_nothing, _writes_another_script),
    )
}


def hostile(seed: int, *ways: str) -> Translator:
    """A translator that does some of those things to each text, all of them by default; always the same for a seed."""

    def translate(ask: Ask) -> str | None:
        chance = random.Random(f"{seed} {ask.key}")  # noqa: S311  # chance for tests, not for secrets
        text = ask.text
        for way in chance.sample(ways or tuple(WAYS), min(2, len(ways) or 2)):
            text = WAYS[way](text, chance)
        return None if chance.random() < 0.05 else text

    return translate
