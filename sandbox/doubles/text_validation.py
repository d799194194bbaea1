"""Which languages and scripts a request to translate may name."""

from sandbox.doubles import text_refusals as codes
from sandbox.doubles.text_refusals import Refused
from sandbox.doubles.text_rules import Element, Target
from sandbox.doubles.text_scripts import conversions, usual_script
from sandbox.doubles.translator_languages import is_known


def check_element(element: Element) -> None:
    """Raise Refused where a language is not one of the service's, or is not written in the script named with it."""
    if element.language is not None and not is_known(element.language):
        raise Refused(codes.BAD_SOURCE, f"{element.language} is not supported.")
    if element.script is not None:
        _check_source_script(element.language, element.script)
    if not element.targets:
        raise Refused(codes.BAD_TARGET, "There are no targets.")
    for target in element.targets:
        _check_target(target)


def _check_source_script(language: str | None, script: str) -> None:
    if language is None:
        raise Refused(codes.BAD_SOURCE_SCRIPT, "A script needs a language.")
    if script != usual_script(language) and script not in conversions(language):
        raise Refused(codes.BAD_PAIR_OF_SCRIPTS)


def _check_target(target: Target) -> None:
    if not is_known(target.language):
        raise Refused(codes.BAD_TARGET, f"{target.language} is not supported.")
    if target.script is None:
        return
    own = usual_script(target.language)
    if target.script != own and target.script not in conversions(target.language).get(own, ()):
        raise Refused(codes.BAD_TARGET_SCRIPT)
