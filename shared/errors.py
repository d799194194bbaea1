"""Everything that can go wrong, as one tree.

BabeldropError                what went wrong and what to do, in words that may be shown to anybody
├── SettingsRefused           app settings are missing or wrong; all of them at once
├── NameRefused               a blob name that could reach beyond its place
├── LanguageRefused           a language tag that is unknown, or that a service cannot say
│   └── LanguageAmbiguous     a language tag that a service takes only with a guess
├── BriefRefused              mistakes in a translation brief; all of them at once
├── GlossaryRefused           mistakes in a glossary, or a choice between two; all of them at once
├── SourceRefused             the dropped file cannot be translated by anybody: empty, or of no known kind
│   └── LeftOver              what a browser or an editor leaves behind while it saves a file
├── EditRefused               a corrected file that nothing can be made of; the results before it stay
├── TextUnreadable            the text of a file cannot be read without a guess
├── SteerRefused              a person asks for what cannot be done with a job as it is now
├── RecordChanged             somebody else wrote the blob first; read it again
│   └── RecordGone            the record was closed, or belongs to another attempt by now
│       └── EditReplaced      a newer upload of a correction has come before this one counted
├── RecordNewer               a newer version of the app wrote the record, and this one leaves it alone
├── StorageTrouble            storage did not do what it was asked; worth another try
├── TooLong                   a blob has more bytes than whoever reads it takes
└── ProviderError             a translation service, or the way to it
    ├── Unreachable           the request was never sent, or does no harm when it is sent again
    ├── Throttled             the service asks us to come later; nothing was done
    ├── AnswerLost            sent, but no usable answer came: it may or may not have been done
    ├── NotReady              something of a person's, such as a glossary, must be mended before the service is asked
    │   └── PersonNeeded      the account at the service: credits, a plan, rights, another key
    ├── Denied                our identity or key is not accepted
    ├── Refused               the service says no, and will say no again
    │   └── Taken             what we ask it to make is there already
    ├── Canceled              somebody stopped the work at the service
    ├── NotFound              the service does not know what we ask about
    ├── SourceChanged         the file is not any more what was accepted; nothing was asked of the service
    ├── SourceUnfit           the service cannot work with the file itself; another would hardly do better
    └── ResultUnavailable     a finished result cannot be fetched
"""

from typing import ClassVar

from shared.redaction import redact, shortened, storable


class BabeldropError(Exception):
    """The root. `reason` says what and where, storable and without secrets; `advice` what a person can do about it."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    longest: ClassVar[int] = 20_000  # characters of a reason
    advice: str = "Drop the file again; if it fails again, ask whoever runs the app to look into its log."

    def __init__(self, reason: str, advice: str | None = None) -> None:
        # Redacted before it is cut, lest half a secret be no longer known for one; bounded first, for that takes time.
        self.reason = shortened(redact(storable(reason[: 2 * self.longest])), self.longest)
        super().__init__(self.reason)
        self.advice = advice or self.advice


class SettingsRefused(BabeldropError):
    """App settings are missing or wrong; the reason names each and what it wants."""

    code = "settings-refused"
    advice = "Correct the app settings and restart the app."


class NameRefused(BabeldropError):
    """A blob name that could reach beyond its place, or that storage cannot hold once it is extended."""

    code = "name-refused"
    advice = "Rename the file and drop it again."


class LanguageRefused(BabeldropError):
    """A language tag that is unknown, or that a service cannot say; the reason names the choices."""

    code = "language-refused"
    advice = "Name another language or another provider in the brief, and drop the file again."


class LanguageAmbiguous(LanguageRefused):
    """A language tag that a service takes only with a guess; the reason names the choices."""

    code = "language-ambiguous"
    advice = "Name one of the choices in the brief instead, and drop the file again."


class BriefRefused(BabeldropError):
    """A translation brief has mistakes; the reason lists all of them with file and JSON path."""

    code = "brief-refused"
    advice = "Correct the brief; the file starts by itself."


class GlossaryRefused(BabeldropError):
    """A glossary has mistakes, or cannot be told from another; the reason lists all of them with their lines."""

    code = "glossary-refused"
    advice = "Correct the glossary; the file starts by itself within ten minutes."


class SourceRefused(BabeldropError):
    """The dropped file cannot be translated by anybody."""

    code = "source-refused"
    advice = "Drop a file of a known type that is not empty."


class LeftOver(SourceRefused):
    """What a browser or an editor leaves behind while it saves a file; nobody wants it translated."""

    code = "left-over"
    advice = "Nothing to do: the file itself is translated when it comes under its own name."


class EditRefused(BabeldropError):
    """A corrected file that no iteration can be made of; the reason holds no text of the file."""

    code = "edit-refused"
    advice = "Correct the file as it lies in the outbox, and drop it into `edits` under the name that it has there."


class TextUnreadable(BabeldropError):
    """The text of a file cannot be read without a guess; the reason names the line, and holds no text of the file."""

    code = "text-unreadable"
    advice = "Correct the file in a subtitle editor, or give it the extension of what it is, and drop it again."


class SteerRefused(BabeldropError):
    """A person asks for what cannot be done with a job as it is now."""

    code = "not-now"


class RecordChanged(BabeldropError):
    """A conditional write or delete lost: the blob is not as it was read, or exists already."""

    code = "record-changed"
    retryable = True


class RecordGone(RecordChanged):
    """The record was closed, or belongs to another attempt by now: reading it again does not help."""

    code = "record-gone"


class EditReplaced(RecordGone):
    """A newer upload of the same correction lies in `edits` by now, and that one counts."""

    code = "edit-replaced"
    advice = "Nothing: the newer upload counts, and the receipt tells of that one."


class RecordNewer(BabeldropError):
    """A newer version of the app wrote the record in a form that this version must not touch."""

    code = "record-newer"
    advice = "Nothing: the newer version of the app moves it. Finish the update of the app."


class StorageTrouble(BabeldropError):
    """Storage failed or refused."""

    code = "storage-trouble"
    retryable = True
    advice = "Nothing: it is tried again. If it lasts, check the identity's roles on the storage account."


class TooLong(BabeldropError):
    """A blob has more bytes than whoever reads it takes."""

    code = "too-long"


class ProviderError(BabeldropError):
    """A translation service, or the way to it, failed.

    `elsewhere` says whether the next provider of the route might do better: what the kind says, unless the service's
    own code (`shared.providers.codes`) knows better.
    `wait` is the service's own Retry-After, in seconds; `said` the service's own error code, where it gave one.
    """

    code = "provider-error"
    longest = 2000
    elsewhere: bool = True

    def __init__(
        self,
        reason: str,
        advice: str | None = None,
        *,
        wait: float | None = None,
        said: str | None = None,
        elsewhere: bool | None = None,
    ) -> None:
        super().__init__(reason, advice)
        self.wait, self.said = wait, said
        if elsewhere is not None:
            self.elsewhere = elsewhere


class Unreachable(ProviderError):
    """The request was never sent, or does no harm when it is sent again."""

    code = "provider-unreachable"
    retryable = True
    advice = "Check the endpoint's app setting and the network between the app and the service."


class Throttled(ProviderError):
    """The service asks us to come later; nothing was done."""

    code = "provider-throttled"
    retryable = True
    advice = "Nothing: it is tried again. If it lasts, raise the service's quota or lower MAX_IN_FLIGHT_<PROVIDER>."


class AnswerLost(ProviderError):
    """The request was sent and no usable answer came back: it may or may not have been done."""

    code = "outcome-unknown"
    retryable = True
    elsewhere = False
    advice = (
        "Look at the service's own portal: if the work is not there, drop the file again; "
        "if it is there, it was paid for, and another drop pays again."
    )


class NotReady(ProviderError):
    """Something of a person's, such as a glossary, must be mended first; nothing was asked of the service."""

    code = "not-ready"
    retryable = True
    elsewhere = False
    advice = "Mend what is named; the file starts by itself within ten minutes."


class PersonNeeded(NotReady):
    """The account at the service needs a person: credits, a plan, rights, another key. What is dropped waits."""

    code = "person-needed"
    advice = "Put the account in order; the file starts by itself within a quarter of an hour."


class Denied(ProviderError):
    """Our identity or key is not accepted. A new role takes up to half an hour to work."""

    code = "provider-denied"
    retryable = True
    elsewhere = False
    advice = "Give the app's identity its role on the service, or correct the service's key; then drop the file again."


class Refused(ProviderError):
    """The service says no to this request, and would again."""

    code = "provider-refused"
    advice = "Read the service's words; change the brief or the file; then drop it again."


class Taken(Refused):
    """The service has something under that id already."""

    code = "id-taken"


class Canceled(ProviderError):
    """Somebody stopped the work at the service; it is not begun elsewhere against their will."""

    code = "canceled-at-service"
    elsewhere = False
    advice = "Whoever stopped it at the service knows why. Drop the file again to have it translated after all."


class NotFound(ProviderError):
    """The service does not know what we ask about."""

    code = "provider-lost-it"
    advice = "It was deleted at the service, or kept no longer. Drop the file again to translate it again."


class SourceChanged(ProviderError):
    """The dropped file is not any more what was accepted. Its newer version takes over as soon as it is noticed."""

    code = "source-changed"
    retryable = True
    elsewhere = False
    advice = "Nothing to do: the newer version of the file takes its place."


class SourceUnfit(ProviderError):
    """The service cannot work with the file itself."""

    code = "source-unfit"
    elsewhere = False
    advice = "Open the file in a player: mend or convert it, and drop it again."


class ResultUnavailable(ProviderError):
    """A finished result cannot be fetched or copied."""

    code = "result-unavailable"
    retryable = True
    elsewhere = False
    advice = "The translation is finished and paid for. Drop the file again, and its results are fetched again."
