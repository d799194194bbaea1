"""Which regions offer what a deployment needs. Azure is asked where it can be; azd's own prompt does not ask it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from infra.hooks.az import Az, AzFailed

# Nobody can be asked for this one. The table of Speech's regions, learn.microsoft.com/azure/ai-services/speech-service/
# regions, in November 2025.
VIDEO = frozenset(
    {
        "centralus",
        "eastus",
        "eastus2",
        "northcentralus",
        "southcentralus",
        "westcentralus",
        "westeurope",
        "westus",
        "westus2",
        "westus3",
    }
)


@dataclass(frozen=True)
class Need:
    """Something that not every region has, the regions that have it, and what to do without it."""

    what: str
    regions: frozenset[str]
    otherwise: str = ""


def needs(run: Az, environment: Mapping[str, str]) -> tuple[list[Need], list[str]]:
    """What this deployment needs of a region; and what could not be asked, with az's words."""
    # The data account's redundancy as infra/main.bicep has it by default, over zones.
    storage = environment.get("STORAGE_SKU") or "Standard_ZRS"
    zonal = environment.get("ZONE_REDUNDANT") == "true"
    flex, without = ("Flex Consumption over zones", "ZONE_REDUNDANT false") if zonal else ("Flex Consumption", "")
    asked: list[tuple[str, Callable[[], frozenset[str]], str]] = [
        (flex, partial(_flex, run, zonal=zonal), without),
        ("document translation", partial(_translator, run), ""),
        (storage, partial(_storage, run, storage), "STORAGE_SKU Standard_LRS"),
    ]
    known, unknown = [Need("video translation", VIDEO)], []
    for what, regions, otherwise in asked:
        try:
            known.append(Need(what, regions(), otherwise))
        except (AzFailed, ValueError, KeyError, TypeError) as error:
            unknown.append(f"{what} could not be asked for: {error}")
    return known, unknown


def choices(known: list[Need]) -> list[str]:
    """The regions that have all of it."""
    return sorted(frozenset.intersection(*(need.regions for need in known)))


def plain(name: str) -> str:
    """A region's name as parameters want it: `West Europe` and `WESTEUROPE` are `westeurope`."""
    return name.replace(" ", "").lower()


def _flex(run: Az, *, zonal: bool) -> frozenset[str]:
    words = [
        "functionapp",
        "list-flexconsumption-locations",
        "--output",
        "json",
        *(["--zone-redundant"] if zonal else []),
    ]
    return frozenset(plain(region["name"]) for region in json.loads(run(*words)))


def _translator(run: Az) -> frozenset[str]:
    """Where Translator is sold at S1 or above, which documents need; a global account would not do."""
    skus = json.loads(run("cognitiveservices", "account", "list-skus", "--kind", "TextTranslation", "--output", "json"))
    return frozenset(plain(region) for sku in skus if sku["name"] == "S1" for region in sku["locations"]) - {"global"}


def _storage(run: Az, sku: str) -> frozenset[str]:
    skus = json.loads(run("storage", "sku", "list", "--output", "json"))
    found = [each for each in skus if each["name"] == sku and each.get("kind") == "StorageV2"]
    return frozenset(plain(region) for each in found for region in each["locations"])
