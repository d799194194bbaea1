"""What the receipt tells of the answers to a file: which engine gave them, which language it found."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.providers.text_client import GENERAL_ENGINE, Translated
from shared.providers.text_options import deployment_of, is_llm, needs_foundry

#: Below it the service is not sure which language it has found.
SURE = 0.8
#: A receipt that names more requests is read by nobody; all of them are in the log.
MOST_REQUESTS = 20


@dataclass
class Tally:
    """Adds up answers."""

    engines: Counter[str] = field(default_factory=Counter)
    requests: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    meters_differ: int = 0

    def add(self, answer: Translated) -> None:
        """One more answer."""
        self.engines[answer.engine] += 1
        self.requests += [answer.request] if answer.request and len(self.requests) < MOST_REQUESTS else []
        self.meters_differ += answer.meters_differ
        for language, score in answer.scores.items():
            self.scores[language] = min(score, self.scores.get(language, score))

    def details(self, source: str | None) -> dict[str, Any]:
        """For the receipt's details. Which language was found out counts only where none was given."""
        detected = {} if source else {"detectedLanguages": self.scores}
        return {"engines": dict(self.engines), "requests": self.requests} | detected

    def warnings(self, options: Mapping[str, Any], source: str | None) -> Iterator[str]:
        """What a person should know."""
        everything, general = self.engines.total(), self.engines[GENERAL_ENGINE]
        if general and (asked := _asked(options)):
            wishes = " or ".join(name for name in ("tone", "gender") if options.get(name))
            engine = f"the general engine, which heeds no {wishes}," if wishes else "the general engine"
            yield (
                f"{general} of {everything} requests were answered by {engine} and not by {asked}. "
                'The service falls back without a word; with "allowFallback": false in the brief it fails instead.'
            )
        unsure = [f"{language} ({score:.2f})" for language, score in self.scores.items() if score < SURE]
        if unsure and not source:
            yield f"The service is not sure of the language of some texts: {', '.join(unsure)}. Name it as source."
        if self.meters_differ:
            yield (
                f"In {self.meters_differ} of {everything} answers X-Metered-Usage is not what the other counters come "
                "to; the receipt gives X-Metered-Usage."
            )


def _asked(options: Mapping[str, Any]) -> str | None:
    """The engine that was asked for, where it was not the general one."""
    if is_llm(options):
        return f"the deployment {deployment_of(options)}"
    if deployment_of(options) != "general":
        return f"the custom model {deployment_of(options)}"
    return "the adaptive model" if needs_foundry(options) else None
