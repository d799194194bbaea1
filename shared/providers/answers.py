"""What services answer, read as text that anybody may have written: bounded, storable, of the type that is wanted.

Nothing here raises anything but ValueError, where the whole cannot be read; a field of another type than was asked
for counts as absent.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from shared.redaction import redact, redacted, shortened, storable

DEEPEST = 64  # levels of JSON
WORDS_KEPT = 500  # characters of one text that a person may read
#: Characters of one text that are looked at at all: redaction comes before shortening, and takes its time.
WORDS_READ = 8 * WORDS_KEPT
LONGEST_NUMBER = 18  # digits; a longer one is kept as the text that it came as
KEPT = 16 * 1024  # characters of a whole answer on a record
LONGEST_WAIT = 24 * 3600.0  # seconds
CODE_HEADER = "x-ms-error-code"
REQUEST_HEADERS = ("apim-request-id", "X-RequestId")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a service; its body may be cut off where the status alone says enough."""

    status_code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


def parse(content: bytes) -> Any:
    """The JSON value, its texts storable and its numbers finite (else null); ValueError where it is none."""
    try:
        value = json.loads(content, parse_int=_integer, parse_float=_number, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return _storable(value, DEEPEST)


def text(part: Mapping[str, Any], *names: str) -> str | None:
    """The first of the fields that holds a text or a number, in words that may be shown; None where none does."""
    for name in names:
        value = part.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return words(str(value))
    return None


def part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under that name; an empty one where there is none."""
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def words(said: str) -> str:
    """What somebody outside says, as it may be shown: storable, without secrets, shortened."""
    return shortened(redact(storable(said[:WORDS_READ])), WORDS_KEPT)


def kept(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as it may lie on a record: without secrets, each text shortened, the whole cut off where it is long."""
    short: dict[str, Any] = redacted(_shortened(answer))
    whole = json.dumps(short)
    return short if len(whole) <= KEPT else {"cut_off": shortened(whole, KEPT)}


def error_words(answer: Answer) -> str:
    """What the service says went wrong, shortened: `code: message`, the innermost message last.

    Understands `{"error": {...}}` with `innererror` or `innerError`, and a bare `{"code", "message"}`.
    """
    plain = answer.content[:WORDS_READ].decode(errors="replace").strip()
    return words(told(_error(answer)) or answer.headers.get(CODE_HEADER) or plain or _phrase(answer.status_code))


def error_codes(answer: Answer) -> list[str]:
    """The service's own codes for what went wrong and the fields that it blames, the outermost first."""
    header = answer.headers.get(CODE_HEADER)
    return codes(_error(answer)) or ([words(header)] if header else [])


def told(error: Mapping[str, Any]) -> str:
    """The words of an error and of those within it, as they may be shown: `code: message`, the innermost last."""
    said: list[str] = []
    for each in _within(error):
        message = text(each, "message")
        is_new = message and not any(message in old for old in said)
        one = ": ".join(filter(None, (text(each, "code"), message if is_new else None)))
        for new in (one, *_details(each.get("details"))):
            said += [new] * (not any(new in old for old in said))
    return words(" / ".join(filter(None, said)))


def codes(error: Mapping[str, Any]) -> list[str]:
    """The codes of an error and of those within it, and what they blame, the outermost first."""
    return [said for each in _within(error) for said in (text(each, "code"), text(each, "target")) if said]


def request_id(answer: Answer) -> str | None:
    """What an Azure service calls the request in its own logs."""
    found = (answer.headers.get(name) for name in REQUEST_HEADERS)
    return next((words(named) for named in found if named), None)


def retry_after(answer: Answer) -> float | None:
    """Seconds that the service asks us to wait, at most a day, from either form of Retry-After; else None."""
    value = answer.headers.get("Retry-After")
    if value is None:
        return None
    try:
        wait = float(value) if value.isdecimal() else _seconds_until(parsedate_to_datetime(value))
    except (ValueError, OverflowError, TypeError, IndexError):  # whatever a date that is none makes of the parser
        return None
    return min(max(0.0, wait), LONGEST_WAIT)


def _seconds_until(moment: datetime) -> float:
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "nothing more"


def _error(answer: Answer) -> Mapping[str, Any]:
    """The error of an answer; an empty one where it says none."""
    try:
        body = parse(answer.content)
    except ValueError:
        return {}
    error = body.get("error", body) if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _within(error: object) -> Iterator[Mapping[str, Any]]:
    """The error and those within it."""
    while isinstance(error, dict):
        yield error
        error = error.get("innererror") or error.get("innerError")


def _details(details: object) -> Iterator[str]:
    """Details are a list of further errors, or values by name."""
    if isinstance(details, dict):
        yield from (f"{name}: {value}" for name, value in details.items() if isinstance(value, str | int | float))
    for one in details if isinstance(details, list) else ():
        if isinstance(one, dict):
            yield text(one, "message", "code") or ""


def _storable(value: Any, depth: int) -> Any:
    if not depth:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _storable(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner, depth - 1) for inner in value]
    return value


def _shortened(value: Any) -> Any:
    """The value with each text redacted before it is cut, lest half a secret be no longer known for one."""
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {words(key): _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value]
    return value


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _no_number(_: str) -> None:
    """NaN and infinities, which are no JSON."""
