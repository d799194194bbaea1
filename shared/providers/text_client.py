"""Azure Text Translation on the wire: one request to translate, in either of its api-versions.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/preview/translate-api
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from shared.errors import AnswerLost
from shared.providers.answers import Answer, parse, request_id
from shared.providers.http import Service
from shared.subtitles import Ask

SERVICE = "Text Translation"
Version = Literal["2026-06-06", "2025-05-01-preview"]
LATEST, PREVIEW = get_args(Version)
LARGEST_ANSWER = 16 * 1024**2  # bytes; 50,000 characters may be translated into many more, and are escaped
#: Counters of one text that are added up, by the name that a receipt gives them.
TOKENS = ("instructionTokens", "sourceTokens", "responseTokens", "targetTokens")


@dataclass(frozen=True, slots=True)
class Translated:
    """What came back for one request: a text for each that was sent, and what was charged for them all.

    `scores` are those of languages that the service found out, by language the lowest.
    """

    texts: Sequence[str]
    units: Mapping[str, float]
    systems: str | None
    request: str | None
    scores: Mapping[str, float]


class TextClient:
    """Speaks one api-version. `own_host`: the endpoint is the resource's custom domain, which has other paths."""

    def __init__(self, service: Service, version: str = LATEST, *, own_host: bool = True) -> None:
        self._service, self._version = service, version
        self._base = "/translator/text" if own_host else ""

    async def translate(self, asks: Sequence[Ask], source: str | None, target: Mapping[str, Any]) -> Translated:
        """POST the texts for one target. AnswerLost where not all of them came back: they may have been paid for."""
        rows = [_row(ask, source, target) for ask in asks]
        answer = await self._service.call(
            "POST",
            f"{self._base}/translate",
            repeatable=False,
            largest=LARGEST_ANSWER,
            params={"api-version": self._version},
            json=rows if self._version == PREVIEW else {"inputs": rows},
        )
        items = self._items(answer)
        if len(items) != len(asks):
            raise AnswerLost(f"{SERVICE} answered {len(items)} texts where {len(asks)} were sent")
        translations = [_translation(item) for item in items]
        return Translated(
            texts=[_text(translation) for translation in translations],
            units=_units(answer, translations),
            systems=answer.headers.get("X-MT-System"),
            request=request_id(answer),
            scores=_scores(items),
        )

    def _items(self, answer: Answer) -> list[Any]:
        try:
            body = parse(answer.content)
        except ValueError as error:
            raise AnswerLost(f"{SERVICE} answered {answer.status_code} without usable JSON") from error
        items = body.get("value") if isinstance(body, dict) and self._version != PREVIEW else body
        if not isinstance(items, list):
            raise AnswerLost(f"{SERVICE} answered {answer.status_code} without a list of texts")
        return items


def _row(ask: Ask, source: str | None, target: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"text": ask.text, "textType": ask.text_type, "targets": [dict(target)]}
    return row | ({"language": source} if source else {})


def _translation(item: Any) -> Mapping[str, Any]:
    """The one translation of a text; AnswerLost where it has none."""
    match item:
        case {"translations": [{"text": str()} as translation]}:
            return dict(translation)
    raise AnswerLost(f"{SERVICE} answered without one translation for each text")


def _text(translation: Mapping[str, Any]) -> str:
    """The translation; with another script, what is written in that."""
    match translation.get("transliteration"):
        case {"text": str(converted)}:
            return converted
    return str(translation["text"])


def _units(answer: Answer, translations: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Characters as the bill counts them, and tokens, each under its name."""
    metered = answer.headers.get("X-Metered-Usage", "")
    units = {"characters": float(metered)} if metered.isdecimal() and metered != "0" else {}
    for name in TOKENS:
        counted = sum(each[name] for each in translations if isinstance(each.get(name), int))
        units |= {name: float(counted)} if counted else {}
    return units


def _scores(items: Sequence[Any]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for item in items:
        match item:
            case {"detectedLanguage": {"language": str(language), "score": int() | float() as score}}:
                scores[language] = min(score, scores.get(language, 1.0))
    return scores
