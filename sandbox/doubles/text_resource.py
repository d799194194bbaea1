"""The Translator resource that the double pretends to be, and who may call it.

The host's role decides which headers are needed and which paths there are (the pages on authentication, and the
reference of each api-version): `global` is api.cognitive.microsofttranslator.com or one of its geographies, `custom`
a resource's own domain, `private` the same over a private endpoint, where there is no LLM.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.doubles.callers import KEY_HEADER, NotAllowed, check_caller

CUSTOM_BASES = ("", "/translator/text", "/translator/text/{version:v[^/]+}")
_PATH = re.compile(r"(/translator/text(?:/v[^/]+)?)?/(?:translate|transliterate|languages)")


class Rate(BaseModel):
    """How many characters in how many seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    characters: int = Field(gt=0)
    seconds: float = Field(default=60, gt=0)


class Resource(BaseModel):
    """What the resource has; body of `POST /_control/text`.

    `region` None is a global resource. `deployments` maps the names in its Foundry to models (None: no Foundry);
    `custom` each category id of a trained model to pairs (`en-es`); `datasets` each adaptive data set to its pair.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Literal["global", "custom", "private"] = "custom"
    region: str | None = None
    resource_id: str | None = None
    deployments: Mapping[str, str] | None = None
    custom: Mapping[str, Sequence[str]] = {}
    datasets: Mapping[str, str] = {}
    rate: Rate | None = None


def owns(path: str) -> bool:
    """Whether the path is one of Text Translation's, on any host."""
    return _PATH.fullmatch(path) is not None


def check_path(request: web.Request, resource: Resource) -> None:
    """Raise 404 for a path that only a custom domain has."""
    found = _PATH.fullmatch(request.path)
    if resource.host == "global" and (found is None or found[1]):
        raise web.HTTPNotFound


def check_text_caller(request: web.Request, resource: Resource, key: str | None) -> None:
    """Raise NotAllowed unless the request shows the key or a token, and what the host wants beside it."""
    given = request.headers.get(KEY_HEADER) or request.query.get("Subscription-Key")
    if given is None:
        check_caller(request, None)
    elif key is None or not secrets.compare_digest(given, key):
        raise NotAllowed("the subscription key is wrong")
    if resource.host == "global":
        _check_resource(request, resource, by_token=given is None)


def _check_resource(request: web.Request, resource: Resource, *, by_token: bool) -> None:
    """On the global host a token says nothing of the resource, and a key nothing of its region."""
    named = request.headers.get("Ocp-Apim-ResourceId")
    if by_token and (named is None or named != resource.resource_id):
        raise NotAllowed("the resource id is missing or wrong")
    region = request.headers.get("Ocp-Apim-Subscription-Region") or request.query.get("Subscription-Region", "")
    if resource.region is not None and region.lower() != resource.region.lower():
        raise NotAllowed("the region is missing or wrong")
