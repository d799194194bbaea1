"""What a provider's page is compared with.

Each `test_<name>.py` in this folder says it once as `DECLARED`, so that a new provider changes no other test.
"""

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module

from shared.providers.base import Provider
from shared.providers.registry import PROVIDERS


@dataclass(frozen=True, slots=True)
class Declared:
    """What the code of one provider says. `suffixes` are those of its results, none where the file keeps its own."""

    provider: Provider
    extensions: Collection[str]
    versions: Collection[str]
    suffixes: Collection[str] = ()


def declared() -> dict[str, Declared]:
    """What each provider of the registry says, by name and in its order."""
    return {provider.name: _declared_by(provider) for provider in PROVIDERS}


def _declared_by(provider: type[Provider]) -> Declared:
    module = import_module(f"tests.unit.providers.test_{provider.name.replace('-', '_')}")
    found = module.DECLARED
    assert isinstance(found, Declared)
    return found
