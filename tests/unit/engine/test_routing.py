"""The route: the first provider of the brief that accepts the file and the languages is used."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.engine.routing import choose, has_others
from shared.errors import LanguageAmbiguous
from shared.jobs.job import Job
from shared.jobs.translation import Problem, Translation
from shared.providers.azure_video import AzureVideo
from shared.providers.base import Provider
from shared.providers.vozo import Vozo
from tests.unit.providers.wire import DroppedVideo, Wire
from tests.unit.records import PROBLEM, a_job, a_translation

BOTH: Mapping[str, Provider] = {"azure-video": AzureVideo(Wire().service()), "vozo": Vozo(Wire().service())}


def chosen(
    route: list[str], name: str = "a.mp4", providers: Mapping[str, Provider] = BOTH, **given: Any
) -> tuple[str | None, dict[str, str]]:
    """The provider's name, and what was said of those that were passed over."""
    job, translation = routed(route, **given)
    choice = choose(providers, job, translation, DroppedVideo(name))
    reasons = {name: problem.reason for name, problem in choice.passed_over.items()}
    return choice.provider.name if choice.provider else None, reasons


def routed(route: list[str], **given: Any) -> tuple[Job, Translation]:
    translation = a_translation(**given)
    return a_job(translation, brief={"route": {"video": route}, "source": "en-US"}), translation


@pytest.mark.parametrize(
    ("route", "name", "provider"),
    [
        (["azure-video", "vozo"], "a.mp4", "azure-video"),
        (["vozo", "azure-video"], "a.mp4", "vozo"),
        (["azure-video", "vozo"], "a.mov", "vozo"),
        (["azure-video"], "a.mov", None),
        ([], "a.mp4", None),
    ],
)
def test_the_first_that_accepts_the_file_is_used(route: list[str], name: str, provider: str | None) -> None:
    assert chosen(route, name)[0] == provider


def test_who_does_not_accept_is_passed_over_with_a_reason() -> None:
    provider, passed = chosen(["azure-video", "vozo"], target="fil")
    assert (provider, passed) == ("azure-video", {})
    provider, passed = chosen(["azure-video", "vozo"], target="es")
    assert provider == "vozo"
    assert passed["azure-video"].startswith("azure-video: 'es' could be any of es-ES")


def test_who_takes_a_language_only_with_a_guess_says_what_to_do() -> None:
    job, translation = routed(["azure-video", "vozo"], target="es")
    [problem] = choose(BOTH, job, translation, DroppedVideo("a.mp4")).passed_over.values()
    assert problem.advice == LanguageAmbiguous.advice


def test_a_provider_that_is_off_is_passed_over_and_says_so() -> None:
    providers = {**BOTH, "azure-video": AzureVideo(None)}
    provider, passed = chosen(["azure-video", "vozo"], providers=providers)
    assert provider == "vozo"
    assert "SPEECH_ENDPOINT is not set" in passed["azure-video"]


def test_who_has_failed_is_not_asked_again() -> None:
    provider, passed = chosen(["azure-video", "vozo"], passed_over={"azure-video": PROBLEM})
    assert (provider, passed) == ("vozo", {"azure-video": "It broke."})
    assert chosen(["azure-video"], passed_over={"azure-video": PROBLEM})[0] is None


@pytest.mark.parametrize(
    ("route", "passed", "others"),
    [
        (["vozo"], {}, False),
        (["vozo", "azure-video"], {}, True),
        (["azure-video", "vozo"], {"azure-video": PROBLEM}, False),
    ],
)
def test_whether_there_is_another_provider_to_go_to(route: list[str], passed: dict[str, Problem], others: bool) -> None:
    assert has_others(*routed(route, provider="vozo", passed_over=passed)) is others


VIDEO, OTHER = {"azure-video": {"speakerCount": 2}}, {"vozo": {"user_prompt": "warm"}}


@pytest.mark.parametrize(
    ("options", "name", "told"),
    [
        (VIDEO, "a.mov", ["The options for azure-video"]),
        (
            VIDEO | OTHER,
            "a.mov",
            ["The options for azure-video"],
        ),
        (OTHER, "a.mp4", ["The options for vozo"]),
        (VIDEO | OTHER, "a.mp4", []),
        (VIDEO | {"azure-document": {"category": "general"}}, "a.mp4", []),
        ({}, "a.mov", []),
    ],
)
def test_options_for_one_that_does_not_do_the_work_are_told(
    options: dict[str, Any], name: str, told: list[str]
) -> None:
    brief = {"route": {"video": ["azure-video", "vozo"]}, "source": "en-US", "options": options}
    translation = a_translation()
    choice = choose(BOTH, a_job(translation, brief=brief), translation, DroppedVideo(name))
    assert [warning.partition(" in the brief are not used")[0] for warning in choice.warnings] == told
