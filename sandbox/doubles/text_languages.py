"""The languages call of Text Translation: what can be translated and transliterated, and with which models.

Follows `/languages` of each OpenAPI. Names are those of the Unicode CLDR, as Babel has them, so they are not the
service's to the letter. Which languages a model knows is made up: all but those that CLDR has no name for.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from aiohttp import web
from babel import Locale, UnknownLocaleError

from sandbox.doubles.text_refusals import BAD_SCOPE, LATEST, PREVIEW, Refused
from sandbox.doubles.text_scripts import direction, transliterable, usual_script
from sandbox.doubles.translator_languages import CODES

SCOPES = ("translation", "transliteration", "dictionary")
MODELS = ("gpt-4o", "gpt-4o-mini")
ENGLISH = "en"
# ISO 639-3 codes of the service where CLDR has two letters, or another name for the same.
_CLDR = {"kmr": "ku", "lug": "lg", "nya": "ny", "run": "rn", "prs": "fa_AF"}
_UNNAMED = {"gom": "Konkani", "mww": "Hmong Daw", "otq": "Querétaro Otomi", "yua": "Yucatec Maya"}


@cache
def codes() -> Sequence[str]:
    """The codes in the service's case: `zh-Hans`, `fr-CA`."""
    return tuple(sorted(map(_cased, CODES)))


def _cased(code: str) -> str:
    first, *rest = code.split("-")
    return "-".join([first, *(part.upper() if len(part) == 2 else part.title() for part in rest)])


def models(code: str) -> Sequence[str]:
    """The LLMs that translate from and into the language."""
    return () if code.lower() in _UNNAMED else MODELS


def list_languages(request: web.Request, version: str) -> web.Response:
    """The answer to the call. Raises Refused."""
    names = _locale(request.headers.get("Accept-Language", ENGLISH).split(",")[0].split(";")[0].strip())
    groups = {scope: _GROUPS[scope](names, version) for scope in _scopes(request, version)}
    response = web.json_response(groups, headers={"Content-Language": str(names).replace("_", "-")})
    content = response.body if isinstance(response.body, bytes) else b""
    response.headers["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32].upper()}"'
    if etag in [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]:
        return web.Response(status=304, headers={"ETag": etag})
    return response


def _scopes(request: web.Request, version: str) -> list[str]:
    known = SCOPES if version == PREVIEW else (*SCOPES, "models")
    given = request.query.get("scope")
    wanted = given.split(",") if given else known
    if unknown := set(wanted) - set(known):
        raise Refused(BAD_SCOPE, f"It names {min(unknown)}.")
    # 2026-06-06 still names the scope `dictionary`, and its answer has no place for it.
    return [scope for scope in wanted if scope != "dictionary" or version == PREVIEW]


def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(ENGLISH)


def _name(code: str, names: Locale) -> str:
    found = _in(names, code) or _in(Locale(ENGLISH), code)
    return found or _UNNAMED.get(code, code)


def _in(names: Locale, code: str) -> str | None:
    whole = _CLDR.get(code, code.replace("-", "_"))
    first, _, rest = whole.partition("_")
    if (found := names.languages.get(whole)) is not None:
        return str(found)
    base, addition = names.languages.get(first), names.scripts.get(rest) or names.territories.get(rest)
    return f"{base} ({addition})" if base and addition else base


def _entry(code: str, names: Locale) -> dict[str, Any]:
    own = _locale(_CLDR.get(code, code).replace("_", "-"))
    return {"name": _name(code, names), "nativeName": _name(code, own)}


def _with_direction(code: str, names: Locale) -> dict[str, Any]:
    return _entry(code, names) | {"dir": direction(usual_script(code))}


def _translation(names: Locale, version: str) -> dict[str, Any]:
    rows = {code: _with_direction(code, names) for code in codes()}
    if version == LATEST:
        for code, row in rows.items():
            row["models"] = list(models(code))
    return rows


def _transliteration(names: Locale, _version: str) -> dict[str, Any]:
    return {
        code: _entry(code, names)
        | {
            "scripts": [
                _script(own, code, names) | {"toScripts": [_script(other, code, names) for other in others]}
                for own, others in scripts.items()
            ]
        }
        for code, scripts in transliterable().items()
    }


def _script(script: str, code: str, names: Locale) -> dict[str, str]:
    own = _locale(code)
    name = names.scripts.get(script, script)
    return {
        "code": script,
        "name": name,
        "nativeName": own.scripts.get(script, name),
        "dir": direction(script),
    }


def _dictionary(names: Locale, _version: str) -> dict[str, Any]:
    english = _with_direction(ENGLISH, names)
    others = {code: _with_direction(code, names) for code in ("de", "es", "fr", "ja")}
    rows = {code: row | {"translations": [english | {"code": ENGLISH}]} for code, row in others.items()}
    return rows | {ENGLISH: english | {"translations": [row | {"code": code} for code, row in others.items()]}}


def _models(_names: Locale, _version: str) -> Sequence[str]:
    return MODELS


_GROUPS = {
    "translation": _translation,
    "transliteration": _transliteration,
    "dictionary": _dictionary,
    "models": _models,
}
