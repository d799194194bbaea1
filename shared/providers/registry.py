"""The registry: one line for each provider."""

from collections.abc import Iterable

from shared.providers.azure_document import AzureDocument
from shared.providers.azure_text import AzureText
from shared.providers.azure_video import AzureVideo
from shared.providers.base import Provider
from shared.providers.vozo import Vozo

PROVIDERS: tuple[type[Provider], ...] = (
    AzureVideo,
    Vozo,
    AzureDocument,
    AzureText,
)


def default_route(providers: Iterable[type[Provider]]) -> dict[str, list[str]]:
    """The providers of each kind of file, by the places that they declare."""
    places = sorted((place, kind, provider.name) for provider in providers for kind, place in provider.route.items())
    route: dict[str, list[str]] = {}
    for _, kind, name in places:
        route.setdefault(kind, []).append(name)
    return route
