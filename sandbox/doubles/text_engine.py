"""Which engine translates a target: the general one, a custom or an adaptive model, or a large language model.

Follows the descriptions of `deploymentName` and `allowFallback` in the OpenAPI and the page on translate. A target
may fall back to the general engine without a word: only X-MT-System and the counters tell. Where the sources leave
it open, the double decides so:
- a name is an LLM's deployment unless it is `general`, a trained model's category id, or has the form of one;
- without a Foundry, or over a private endpoint, an LLM is refused whatever `allowFallback` says; a deployment that
  the Foundry has not, or a language that its model does not know, is an error to fall back from;
- tone and gender are an LLM's: with another engine they count as fallen back from;
- an LLM is reported as `Custom`, for it is a system of the customer's own.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.doubles import text_refusals as codes
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.text_languages import models
from sandbox.doubles.text_refusals import Refused
from sandbox.doubles.text_resource import Resource
from sandbox.doubles.text_rules import Element, Target

GENERAL = "general"
_CATEGORY = re.compile(r"[0-9a-f-]{36}-[A-Z-]+")

type Kind = Literal["general", "custom", "adaptive", "llm"]


@dataclass(frozen=True)
class Engine:
    """What translates a target, and what a translation of it is labelled with."""

    kind: Kind
    label: str

    @property
    def system(self) -> str:
        """Its word in X-MT-System."""
        return "Team" if self.kind == "general" else "Custom"


def is_llm(target: Target, resource: Resource) -> bool:
    """Whether an LLM's deployment is asked for, there or not."""
    name = target.deployment_name
    return name != GENERAL and name not in resource.custom and _CATEGORY.fullmatch(name) is None


def choose(element: Element, target: Target, resource: Resource, fates: Fates) -> Engine:
    """The engine for a target. Raises Refused where what was asked for is not there, and it must be that."""
    if is_llm(target, resource):
        return _llm(element, target, resource, fates)
    if target.deployment_name != GENERAL:
        return _custom(element, target, resource)
    if target.reference_text_pairs or target.adaptive_dataset_id:
        return _adaptive(element, target, resource)
    if target.tone or target.gender:
        return _fallen_back(target, codes.NO_MODEL_FOR_PAIR)
    return Engine("general", target.language)


def _llm(element: Element, target: Target, resource: Resource, fates: Fates) -> Engine:
    if resource.deployments is None or resource.host == "private":
        raise Refused(codes.NO_MODEL_FOR_PAIR, "No model deployment can be reached.")
    model = resource.deployments.get(target.deployment_name)
    known = all(model in models(language) for language in (target.language, element.language or "en"))
    if not known or "fall_back" in fates:
        return _fallen_back(target, codes.NO_MODEL_FOR_PAIR)
    _check_dataset(element, target, resource)
    return Engine("llm", "-".join(filter(None, [target.language, target.tone, target.gender])))


def _custom(element: Element, target: Target, resource: Resource) -> Engine:
    pairs = resource.custom.get(target.deployment_name, ())
    if _pair(element, target) not in pairs:
        return _fallen_back(target, codes.NO_CUSTOM_MODEL)
    return Engine("custom", f"{target.language}-custom")


def _adaptive(element: Element, target: Target, resource: Resource) -> Engine:
    if resource.deployments is None or resource.host == "private":
        return _fallen_back(target, codes.NO_MODEL_FOR_PAIR)
    _check_dataset(element, target, resource)
    return Engine("adaptive", f"{target.language}-adaptive")


def _check_dataset(element: Element, target: Target, resource: Resource) -> None:
    """The data set must be there for the pair of languages; reference pairs win over it, so nobody looks then."""
    wanted = target.adaptive_dataset_id
    if wanted and not target.reference_text_pairs and resource.datasets.get(wanted) != _pair(element, target):
        raise Refused(codes.INVALID_INPUT, "There is no such adaptive data set for the language pair.")


def _pair(element: Element, target: Target) -> str:
    return f"{element.language or 'en'}-{target.language}".lower()


def _fallen_back(target: Target, code: int) -> Engine:
    if not target.allow_fallback:
        raise Refused(code, "Falling back is not allowed.")
    return Engine("general", target.language)
