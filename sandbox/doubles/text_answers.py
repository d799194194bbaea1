"""How Text Translation answers a request to translate: its rows, its counters and its headers.

Follows the OpenAPI and, where that has a gap (`transliteration`, `targetCharacters`, the headers beside
X-Metered-Usage), the page on translate. Its examples show `detectedLanguage` for a source that was given, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.doubles import text_charges as counted
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.text_charges import Charge, Counters, Item, digest
from sandbox.doubles.text_detect import detected
from sandbox.doubles.text_engine import Engine
from sandbox.doubles.text_refusals import PREVIEW
from sandbox.doubles.text_rules import Element, Target
from sandbox.doubles.text_scripts import transliterated, usual_script

CHARACTERS_A_TOKEN = 4
INSTRUCTION_TOKENS, RESPONSE_OVERHEAD = 302, 4
UNSURE = 0.3
# As the page writes them, misspelling included.
_OTHER_NAMES = {counted.INSTRUCTION_TOKENS: "promptTokens", counted.TARGET: "targetChaaracters"}


@dataclass(frozen=True)
class Translation:
    """One text in one target language."""

    element: Element
    target: Target
    engine: Engine
    text: str

    @property
    def counters(self) -> Counters:
        """What is counted of it, under the names of the contract."""
        source, target = len(self.element.text), len(self.text)
        if self.engine.kind == "llm":
            return {
                counted.INSTRUCTION_TOKENS: INSTRUCTION_TOKENS,
                counted.SOURCE_TOKENS: _tokens(source),
                counted.RESPONSE_TOKENS: _tokens(target) + RESPONSE_OVERHEAD,
                counted.TARGET_TOKENS: _tokens(target),
            }
        both = {counted.TARGET: target} if self.engine.kind == "adaptive" else {}
        return {counted.SOURCE: source} | both

    @property
    def item(self) -> Item:
        """What is paid for it."""
        given = self.element.model_copy(update={"targets": [self.target]})
        return Item(
            digest=digest(given),
            characters=len(self.element.text),
            language=self.target.language,
            engine=self.engine.kind,
            counters=self.counters,
        )

    def shown(self, fates: Fates) -> dict[str, Any]:
        """The TranslationText."""
        names = _OTHER_NAMES if "other_names" in fates else {}
        counters = {names.get(name, name): count for name, count in self.counters.items()}
        row = {"language": self.target.language, **counters, "text": self.text}
        script = self.target.script
        if script is None or script == usual_script(self.target.language):
            return row
        converted = transliterated(self.text, script)
        if "bare_script" in fates:
            return row | {"text": converted}
        return row | {"transliteration": {"script": script, "text": converted}}


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)


def body(rows: Sequence[Any], version: str) -> Any:
    """The answer's body: a bare array until 2025-05-01-preview."""
    return list(rows) if version == PREVIEW else {"value": list(rows)}


def item_shown(element: Element, translations: Sequence[Translation], fates: Fates) -> dict[str, Any]:
    """The TranslatedTextItem of an element."""
    language, score = (element.language, 1.0) if element.language else detected(element.text)
    if "unsure" in fates and not element.language:
        score = UNSURE
    return {
        "detectedLanguage": {"language": language, "score": score},
        "translations": [translation.shown(fates) for translation in translations],
    }


def headers(translations: Sequence[Translation], charge: Charge, fates: Fates) -> dict[str, str]:
    """Which systems worked, one word for each target language, and what is charged."""
    systems: dict[str, str] = {}
    for translation in translations:
        language, system = translation.target.language, translation.engine.system
        systems[language] = max(system, systems.get(language, ""), key=["", "Team", "Custom"].index)
    metered = charge.total(counted.SOURCE) + charge.total(counted.TARGET) + ("odd_meter" in fates)
    siblings = {f"{name}Charged": str(charge.total(name)) for name in counted.CHARGED if charge.total(name)}
    return {"X-MT-System": ",".join(systems.values()), "X-Metered-Usage": str(metered)} | siblings
