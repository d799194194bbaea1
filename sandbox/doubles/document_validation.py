"""What Document Translation looks at before it begins a batch: can it read, can it write, is something there already.

A batch that does not pass has `ValidationFailed`, and a sentence that hides which permission is missing.
"""

from collections.abc import Callable, Sequence

from sandbox.doubles.document_errors import NOTHING_FOUND, TARGET_EXISTS, TOO_LARGE, TOO_MANY, Failed, Fault
from sandbox.doubles.document_formats import FILES, TOTAL_BYTES, is_supported, result_name
from sandbox.doubles.document_jobs import Batch, Document
from sandbox.doubles.document_rules import Input, Target
from sandbox.doubles.document_storage import EXISTS, Address, Storage

type NextId = Callable[[], str]


async def documents_of(batch: Batch, storage: Storage, next_id: NextId) -> list[Document]:
    """The documents of a batch, those with an existing target failed already. Raises Failed.

    `next_id` gives each its id. No glossary is looked at: a faulty one is an error of its documents.
    """
    storage.check_alike([Address(url) for url in batch.asked.urls()])
    sources = [await _sources(storage, batch, given) for given in batch.asked.inputs]
    _check_amount([size for found in sources for _, size in found])
    documents = [
        _document(batch, number, target, name, next_id())
        for number, found in enumerate(sources)
        for name, _ in found
        for target in range(len(batch.asked.inputs[number].targets))
    ]
    await _look_for_targets(storage, batch, documents)
    return documents


async def _sources(storage: Storage, batch: Batch, given: Input) -> list[tuple[str, int]]:
    """The documents of an input by name, and their sizes; the empty name is the source itself."""
    source = Address(given.source.source_url)
    if given.is_file:
        return [("", await storage.size(source))]
    wanted = given.source.filter
    prefix, suffix = (wanted.prefix or "", wanted.suffix or "") if wanted else ("", "")
    found = [(name, size) async for name, size in storage.names(source, prefix)]
    return [(name, size) for name, size in found if name.endswith(suffix) and is_supported(name, batch.version)]


def _check_amount(sizes: Sequence[int]) -> None:
    if not sizes:
        raise Failed(NOTHING_FOUND, "No document was found at the source location.")
    if len(sizes) > FILES:
        raise Failed(TOO_MANY, f"The batch has more than {FILES} documents.")
    if sum(sizes) > TOTAL_BYTES:
        raise Failed(TOO_LARGE, f"The batch has more than {TOTAL_BYTES} bytes.")


def _document(batch: Batch, number: int, target_number: int, name: str, document_id: str) -> Document:
    given = batch.asked.inputs[number]
    target = given.targets[target_number]
    source, result = Address(given.source.source_url), Address(target.target_url)
    return Document(
        id=document_id,
        source=source.blob(name).plain if name else source.plain,
        path=result.blob(result_name(name)).plain if name else result.plain,
        to=target.language,
        input=number,
        target=target_number,
        deployment=target.deployment_name,
    )


async def _look_for_targets(storage: Storage, batch: Batch, documents: list[Document]) -> None:
    fault = Fault(message=EXISTS, inner=TARGET_EXISTS)
    for document in documents:
        if await storage.exists(target_of(batch, document)):
            document.move("Failed", fault)
    if "existing_is_invalid" in batch.fates and all(document.ended for document in documents):
        raise Failed(TARGET_EXISTS, EXISTS)


def asked_of(batch: Batch, document: Document) -> tuple[Input, Target]:
    """The input and the target of the request that a document came from."""
    given = batch.asked.inputs[document.input]
    return given, given.targets[document.target]


def source_of(batch: Batch, document: Document) -> Address:
    """Where to read the document, with the signature of the request."""
    given, _ = asked_of(batch, document)
    return _with_signature(document.source, Address(given.source.source_url))


def target_of(batch: Batch, document: Document) -> Address:
    """Where to write its translation."""
    _, target = asked_of(batch, document)
    return _with_signature(document.path, Address(target.target_url))


def _with_signature(plain: str, address: Address) -> Address:
    return Address(plain + address.url[len(address.plain) :])
