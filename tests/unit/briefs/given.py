"""Briefs that a test gives, as a person would write them, and what comes of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.briefs.brief import Brief, resolve
from shared.briefs.layers import layers
from shared.errors import BriefRefused
from shared.names import BlobName
from shared.providers.azure_video import AzureVideo
from shared.providers.vozo import Vozo
from tests.unit.providers.wire import Wire

CHECKS = {"azure-video": AzureVideo(Wire().service()).mistakes, "vozo": Vozo(None).mistakes}
MOST_TARGETS = 4
OWN = "intro.mp4.translate.json"
FOLDERS = "translate.json"


def brief_of(
    files: Mapping[str, Any] | None = None,
    *,
    name: str = "intro.mp4",
    settings: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Brief:
    """The brief of a file; `files` holds briefs by name, as JSON values or as raw bytes."""
    raw = {file: part if isinstance(part, bytes) else json.dumps(part).encode() for file, part in (files or {}).items()}
    return resolve(layers(BlobName(name), settings or {}, raw, metadata or {}), CHECKS, MOST_TARGETS)


def refusal_of(files: Mapping[str, Any], **given: Any) -> BriefRefused:
    """Why the brief of a file is refused."""
    with pytest.raises(BriefRefused) as refused:
        brief_of(files, **given)
    return refused.value


def mistakes_of(files: Mapping[str, Any], **given: Any) -> list[str]:
    """The mistakes in the brief of a file, one line each."""
    return refusal_of(files, **given).reason.splitlines()
