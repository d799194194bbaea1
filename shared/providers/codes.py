"""What the codes and statuses of the services mean: which error, whether another provider may do better, what to do.

A request that is refused as malformed, or for lack of money or rights, goes to no other provider: it would be paid
there for a mistake, or against somebody's will. What a service cannot do, and what failed there, does go on, unless
the service says that the file itself is at fault.

https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/overview lists Vozo's codes. Speech documents none, so
its statuses count, and the field that a refusal blames.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared import telemetry
from shared.errors import (
    AnswerLost,
    Denied,
    NotFound,
    PersonNeeded,
    ProviderError,
    Refused,
    SourceUnfit,
    Taken,
    Throttled,
)


class Meaning(NamedTuple):
    """What a code means. `elsewhere`: the next provider of the route may do better. Without advice, the kind's own."""

    kind: type[ProviderError]
    elsewhere: bool
    advice: str | None = None


ASK_FOR_RIGHTS = "Give the app's identity its role on the service, or correct the service's key; then drop it again."
CHOOSE_LANGUAGES = "The service does not take this language: name another one, or another provider, in the brief."
MEND_THE_FILE = "Open the file in a player: mend or convert it, and drop it again."
BY_ITSELF = "the file starts by itself within a quarter of an hour."
PLAN = f"Change the plan or the rights of the Vozo account, or correct VOZO_API_KEY; {BY_ITSELF}"

SERVICE_REACHES_STORAGE = (
    "With DOCUMENT_ACCESS identity, give the Translator resource's system-assigned identity Storage Blob Data Reader "
    "on the inbox and glossaries and Storage Blob Data Contributor on staging (a new role takes up to half an hour; "
    "Microsoft's page asks for Storage Blob Data Contributor on the account), and let it through the storage firewall. "
    "With DOCUMENT_ACCESS sas, note that users report signatures of one blob refused: choose identity. "
    "Then drop the file again."
)
OPEN_THE_FILE = "Open the file, save it in a current format, text as UTF-8, and drop it again."

#: What an answer's status means where CODES knows no better. 408 and 5xx are told apart in `shared.providers.http`.
STATUSES: Mapping[int, Meaning] = {
    400: Meaning(Refused, elsewhere=False),
    401: Meaning(Denied, elsewhere=False, advice=ASK_FOR_RIGHTS),
    402: Meaning(Refused, elsewhere=False, advice="Add credits to the service's account, then drop the file again."),
    403: Meaning(Denied, elsewhere=False, advice=ASK_FOR_RIGHTS),
    404: Meaning(NotFound, elsewhere=True),
    409: Meaning(Taken, elsewhere=False),
    413: Meaning(Refused, elsewhere=True, advice="The file is too large for the service: make it smaller."),
    415: Meaning(Refused, elsewhere=True, advice="The service does not take this type of file: convert it."),
    422: Meaning(Refused, elsewhere=False),
    429: Meaning(Throttled, elsewhere=True),
}
ANY_OTHER = Meaning(Refused, elsewhere=False)

#: Document Translation says the same of requests and of documents in batches.
_DOCUMENTS: Mapping[str, Meaning] = {
    "InvalidDocumentAccessLevel": Meaning(Denied, elsewhere=False, advice=SERVICE_REACHES_STORAGE),
    "InvalidTargetDocumentAccessLevel": Meaning(Denied, elsewhere=False, advice=SERVICE_REACHES_STORAGE),
    "SASTokenInvalid": Meaning(Denied, elsewhere=False, advice=SERVICE_REACHES_STORAGE),
    "NoTranslatableText": Meaning(
        SourceUnfit, elsewhere=False, advice="There is nothing to translate in it: a scanned page is a picture."
    ),
    "WrongDocumentEncoding": Meaning(SourceUnfit, elsewhere=False, advice=OPEN_THE_FILE),
}

#: What a service's own code, or the field that it blames, means, by the service's name. It counts before the status.
CODES: Mapping[tuple[str, str], Meaning] = {
    ("Speech", "sourceLocale"): Meaning(Refused, elsewhere=True, advice=CHOOSE_LANGUAGES),
    ("Speech", "targetLocale"): Meaning(Refused, elsewhere=True, advice=CHOOSE_LANGUAGES),
    ("Vozo", "5"): Meaning(Refused, elsewhere=False),
    ("Vozo", "7"): Meaning(PersonNeeded, elsewhere=False, advice=PLAN),
    ("Vozo", "104"): Meaning(PersonNeeded, elsewhere=False, advice=f"Add credits to the Vozo account; {BY_ITSELF}"),
    ("Vozo", "814"): Meaning(PersonNeeded, elsewhere=False, advice=PLAN),
    ("Vozo", "1000"): Meaning(AnswerLost, elsewhere=False),  # an internal error: the task may exist all the same
    ("Vozo", "1301"): Meaning(
        Refused, elsewhere=False, advice="Make CALLBACK_BASE_URL reachable from the internet, then drop the file again."
    ),
    ("Vozo", "1302"): Meaning(
        PersonNeeded, elsewhere=False, advice=f"The key was revoked: set another VOZO_API_KEY; {BY_ITSELF}"
    ),
    ("Vozo", "1304"): Meaning(
        Throttled, elsewhere=True, advice="Nothing: it is tried again. If it lasts, lower MAX_IN_FLIGHT_VOZO."
    ),
    ("Vozo", "1305"): Meaning(PersonNeeded, elsewhere=False, advice=PLAN),
    ("Vozo", "1503"): Meaning(PersonNeeded, elsewhere=False, advice=PLAN),
    **{("Document Translation", code): meaning for code, meaning in _DOCUMENTS.items()},
    **dict.fromkeys(
        (("Text Translation", code) for code in ("400035", "400036", "400075", "400079")),
        Meaning(Refused, elsewhere=True, advice=CHOOSE_LANGUAGES),
    ),
    ("Text Translation", "403001"): Meaning(
        Denied, elsewhere=False, advice="The free quota is used up: take a paid tier, then drop the file again."
    ),
    ("Text Translation", "408001"): Meaning(Throttled, elsewhere=True),  # a custom model that is not ready yet
    ("Text Translation", "503000"): Meaning(Throttled, elsewhere=True),
}
#: The same of work that was taken on and then failed.
FAILURES: Mapping[tuple[str, str], Meaning] = {
    ("Vozo", "10001"): Meaning(SourceUnfit, elsewhere=False, advice=MEND_THE_FILE),  # no video stream
    ("Vozo", "10002"): Meaning(SourceUnfit, elsewhere=False, advice=MEND_THE_FILE),  # no audio stream
    ("Vozo", "10003"): Meaning(Refused, elsewhere=True, advice=MEND_THE_FILE),  # transcoding failed
    ("Document Translation", "Unauthorized"): Meaning(Denied, elsewhere=False, advice=SERVICE_REACHES_STORAGE),
    **{("Document Translation", code): meaning for code, meaning in _DOCUMENTS.items()},
}
ANY_OTHER_FAILURE = Meaning(
    Refused,
    elsewhere=True,
    advice="Read the service's words; change the file, or name another provider in the brief; drop it again.",
)


def refusal(
    service: str, status: int, codes: Sequence[str], reason: str, *, lost: type[ProviderError], wait: float | None
) -> ProviderError:
    """The error for a request that was refused; `lost` is its kind where the code leaves open what was done."""
    meaning = _meaning(service, codes) or STATUSES.get(status, ANY_OTHER)
    if meaning.kind is Throttled:
        telemetry.throttled()
    kind = lost if meaning.kind is AnswerLost else meaning.kind
    return _error(meaning._replace(kind=kind), reason, codes[0] if codes else None, wait)


def failure(service: str, said: str | None, reason: str) -> ProviderError:
    """The error for work that the service took on and could not do."""
    return _error(FAILURES.get((service, said or ""), ANY_OTHER_FAILURE), reason, said)


def _meaning(service: str, codes: Sequence[str]) -> Meaning | None:
    """The innermost code that is known; a blamed field may come with a path before it."""
    known = (CODES.get((service, code.rpartition(".")[2])) for code in reversed(codes))
    return next(filter(None, known), None)


def _error(meaning: Meaning, reason: str, said: str | None, wait: float | None = None) -> ProviderError:
    return meaning.kind(reason, meaning.advice, wait=wait, said=said, elsewhere=meaning.elsewhere)
