"""Azure Text Translation on the wire: one request to translate, in either of its api-versions.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/preview/translate-api
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

from shared.errors import AnswerLost, ProviderError
from shared.providers.answers import Answer, parse, request_id
from shared.providers.http import LONGEST_CALL, Service
from shared.subtitles import Ask

SERVICE = "Text Translation"
Version = Literal["2026-06-06", "2025-05-01-preview"]
VERSIONS: Sequence[str] = get_args(Version)
LATEST, PREVIEW = get_args(Version)
LARGEST_ANSWER = 16 * 1024**2  # bytes; 50,000 characters may be translated into many more, and are escaped
NOT_MODIFIED = 304
ECHO, SHORTEST_ECHO = 20, 8  # characters by which a text is known again in what the service says of it
#: Counters of a language model; the page has another name for the first one.
TOKENS = ("instructionTokens", "promptTokens", "sourceTokens", "responseTokens", "targetTokens")
#: Counters of a text, each with its other names and misspellings, by the name that a receipt gives their sum.
COUNTERS: Mapping[str, Sequence[str]] = {
    "instructionTokens": ("instructionTokens", "promptTokens"),
    "sourceTokens": ("sourceTokens",),
    "responseTokens": ("responseTokens",),
    "targetTokens": ("targetTokens",),
    "targetCharacters": ("targetCharacters", "targetChaaracters"),  # of adaptive models, which charge both sides
}
#: Headers whose sum the metered usage should be.
CHARGED = ("sourceCharactersCharged", "targetCharactersCharged")
#: Refusals that are about one text of a request, or about how many there are: the half of it may be taken.
OF_ONE_TEXT = frozenset({"400005", "400020", "400050", "400072", "400077"})
GENERAL_ENGINE, CUSTOM_ENGINE, LANGUAGE_MODEL = "general", "custom", "language model"


class Translated(BaseModel):
    """What came back for one request: a text for each that was sent, and what was charged for them all.

    `scores` are those of languages that the service found out, by language the lowest. `meters_differ`: the counters in
    the headers do not come to the metered usage, which is what `units` has.
    """

    model_config = ConfigDict(frozen=True)

    texts: list[str]
    units: dict[str, float] = {}
    engine: str = GENERAL_ENGINE
    request: str | None = None
    scores: dict[str, float] = {}
    meters_differ: bool = False


class TextClient:
    """Speaks one api-version. `own_host`: the endpoint is the resource's custom domain, which has other paths."""

    def __init__(self, service: Service, version: str = LATEST, *, own_host: bool = True) -> None:
        self._service, self._version = service, version
        self._base = "/translator/text" if own_host else ""

    async def translate(
        self,
        asks: Sequence[Ask],
        source: str | None,
        target: Mapping[str, Any],
        *,
        script: str | None = None,
        trace: str | None = None,
        longest: float = LONGEST_CALL,
    ) -> Translated:
        """POST the texts for one target. AnswerLost where not all of them came back: they may have been paid for.

        `script` is the source's, `trace` a GUID for the service's support, `longest` the seconds that it may take.
        """
        common = {"targets": [dict(target)]} | _given(language=source, script=script)
        rows = [{"text": ask.text, "textType": ask.text_type, **common} for ask in asks]
        answer = await self._post(
            "translate", rows, longest=longest, largest=LARGEST_ANSWER, headers=_given(**{"X-ClientTraceId": trace})
        )
        return self._translated(answer, len(asks))

    def _translated(self, answer: Answer, sent: int) -> Translated:
        """What an answer holds for so many texts. AnswerLost where it is not that many."""
        items = self._items(answer)
        if len(items) != sent:
            raise AnswerLost(f"{SERVICE} answered {len(items)} texts where {sent} were sent")
        translations = [_translation(item) for item in items]
        return Translated(
            texts=[_text(translation) for translation in translations],
            units=_units(answer, translations),
            engine=_engine(answer, translations),
            request=request_id(answer),
            scores=_scores(items),
            meters_differ=_meters_differ(answer),
        )

    async def transliterate(self, texts: Sequence[str], language: str, from_script: str, to_script: str) -> list[str]:
        """POST texts of one language, to have them in another script: ten at the most, of 5,000 characters in all."""
        rows = [{"text": text} for text in texts]
        scripts = {"language": language, "fromScript": from_script, "toScript": to_script}
        answer = await self._post("transliterate", rows, params=scripts)
        match self._items(answer):
            case [*items] if len(items) == len(texts) and all(isinstance(item, dict) for item in items):
                return [str(item.get("text", "")) for item in items]
        raise AnswerLost(f"{SERVICE} did not answer with one text for each that was sent")

    async def languages(self, etag: str | None = None) -> tuple[Mapping[str, Any], str | None] | None:
        """GET what can be translated and transliterated, and its ETag; None where that is still the one given."""
        answer = await self._service.call(
            "GET",
            f"{self._base}/languages",
            headers=_given(**{"If-None-Match": etag}),
            params={"api-version": self._version, "scope": "translation,transliteration"},
        )
        if answer.status_code == NOT_MODIFIED:
            return None
        return self._service.json(answer), answer.headers.get("ETag")

    async def _post(
        self, what: str, rows: Sequence[Mapping[str, Any]], params: Mapping[str, str] | None = None, **request: Any
    ) -> Answer:
        """Send texts. What the service says of them is told without them: errors are logged, and kept on records."""
        try:
            return await self._service.call(
                "POST",
                f"{self._base}/{what}",
                repeatable=False,
                params={"api-version": self._version, **(params or {})},
                json=rows if self._version == PREVIEW else {"inputs": rows},
                **request,
            )
        except ProviderError as error:
            if _repeats(error.reason, [row["text"] for row in rows]):
                code = f" (code {error.said})" if error.said else ""
                error.reason = f"{SERVICE} refused a text{code}; its words are left out, for they repeat the text"
                error.args = (error.reason,)
            raise

    def _items(self, answer: Answer) -> list[Any]:
        try:
            body = parse(answer.content)
        except ValueError as error:
            raise AnswerLost(f"{SERVICE} answered {answer.status_code} without usable JSON") from error
        items = body.get("value") if isinstance(body, dict) and self._version != PREVIEW else body
        if not isinstance(items, list):
            raise AnswerLost(f"{SERVICE} answered {answer.status_code} without a list of texts")
        return items


def _repeats(reason: str, texts: Sequence[str]) -> bool:
    """Whether words hold the beginning of a text; a word or two may be the service's own. Errors fold white space."""
    said = " ".join(reason.split())
    beginnings = (" ".join(text.split())[:ECHO] for text in texts)
    return any(len(beginning) >= SHORTEST_ECHO and beginning in said for beginning in beginnings)


def _given(**named: str | None) -> dict[str, str]:
    """Those that have a value."""
    return {name: value for name, value in named.items() if value}


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
    """Characters as the bill counts them, those of the target among them; tokens, each under its name."""
    counted = {name: sum(_count(each, *names) for each in translations) for name, names in COUNTERS.items()}
    metered = answer.headers.get("X-Metered-Usage", "")
    source = sum(_count(each, "sourceCharacters") for each in translations)
    characters = int(metered) if metered.isdecimal() else source + counted["targetCharacters"]
    return {name: float(count) for name, count in ({"characters": characters} | counted).items() if count}


def _count(translation: Mapping[str, Any], *names: str) -> int:
    """The first of these counters that it has."""
    return next((translation[name] for name in names if isinstance(translation.get(name), int)), 0)


def _engine(answer: Answer, translations: Sequence[Mapping[str, Any]]) -> str:
    """Which engine worked: only a language model counts tokens, and the general one is called Team."""
    if any(name in each for each in translations for name in TOKENS):
        return LANGUAGE_MODEL
    return CUSTOM_ENGINE if answer.headers.get("X-MT-System", "").startswith("Custom") else GENERAL_ENGINE


def _meters_differ(answer: Answer) -> bool:
    """Whether the headers say two things of the charge."""
    metered = answer.headers.get("X-Metered-Usage", "")
    others = [answer.headers[name] for name in CHARGED if answer.headers.get(name, "").isdecimal()]
    return metered.isdecimal() and bool(others) and int(metered) != sum(map(int, others))


def _scores(items: Sequence[Any]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for item in items:
        match item:
            case {"detectedLanguage": {"language": str(language), "score": int() | float() as score}}:
                scores[language] = min(score, scores.get(language, 1.0))
    return scores
