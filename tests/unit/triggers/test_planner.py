"""A drop is planned by its brief: into which languages, or why it waits. Nothing is paid for what waits."""

import pytest

from shared.errors import BriefRefused
from shared.jobs.translation import State
from tests.unit.triggers.test_intake import Person


@pytest.fixture
def person() -> Person:
    return Person()


async def why_it_waits(person: Person, name: str) -> tuple[str, str]:
    """Drop a file that has to wait: the reason and the advice in its receipt."""
    await person.drop(name)
    receipt = person.receipt(name)
    assert receipt["status"] == "waiting"
    assert person.starts == []
    [problem] = receipt["problems"]
    return problem["reason"], problem["advice"]


async def test_a_file_in_a_folder_with_an_unknown_language_waits_until_a_nearer_brief_names_the_targets(
    person: Person,
) -> None:
    await person.drop_brief("translate.json", {"targets": ["de-DE"]})
    reason, advice = await why_it_waits(person, "en-US_to_es-SP/talk.mp4")
    assert reason.startswith("folder 'en-US_to_es-SP': 'es-SP' is a language that no translation service here knows; ")
    assert "known are es-ES, " in reason
    assert "Put a translate.json" in advice
    await person.drop_brief("en-US_to_es-SP/translate.json", {"targets": ["es-ES"]})
    assert person.starts == ["es-ES.a1"]


async def test_a_file_whose_brief_leaves_out_the_extension_waits_for_one_that_does_not(person: Person) -> None:
    await person.drop_brief("translate.json", {"targets": ["de-DE"]})
    await person.drop_brief("talk.translate.json", {"targets": ["es-ES"]})
    reason, _ = await why_it_waits(person, "talk.mp4")
    assert reason.endswith("call it talk.mp4.translate.json")
    await person.drop_brief("talk.mp4.translate.json", {"targets": ["es-ES"]})
    assert person.starts == ["es-ES.a1"]


async def test_variants_that_ask_for_the_same_thing_are_not_paid_for_twice(person: Person) -> None:
    await person.drop_brief("translate.json", {"targets": ["es-ES-x-a", "es-ES-x-b"]})
    reason, _ = await why_it_waits(person, "talk.mp4")
    assert reason.startswith("targets: es-ES-x-a and es-ES-x-b differ in name only")


async def test_a_variant_is_carried_by_the_id_the_results_and_the_receipts(person: Person) -> None:
    await person.drop_brief("translate.json", {"targets": ["es-ES-x-female"]})
    await person.drop("talk.mp4")
    assert person.starts == ["es-ES-x-female.a1"]
    await person.world.settle()
    receipt = person.receipt("talk.mp4.es-ES-x-female")
    assert (receipt["target"], receipt["status"]) == ("es-ES-x-female", State.SUCCEEDED)
    assert person.results
    assert all(name.startswith("talk.es-ES-x-female.") for name in person.results)


async def test_a_large_and_mistaken_brief_makes_a_small_record(person: Person) -> None:
    folder = "f" * 700
    await person.drop_brief(f"{folder}/translate.json", {f"x{number}": 1 for number in range(2133)})
    reason, _ = await why_it_waits(person, f"{folder}/talk.mp4")
    assert reason.endswith("\nand 2,113 more")
    [record] = [blob.data for name, blob in person.world.jobs.blobs.items() if name.startswith("open/")]
    assert len(record) < 2 * BriefRefused.longest
