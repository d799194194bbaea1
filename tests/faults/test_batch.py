"""A trial has the files that the call is about, and is compared with their part of the clean run."""

from collections import Counter

import pytest

from tests.faults.batch import AUDIO, CAPTIONS, FILES, LEASE, REPORT, VIDEO, WAITING, Traces, files_of


@pytest.mark.parametrize(
    ("call", "files"),
    [
        (f"PUT /babeldrop/jobs/open/{VIDEO} #2", (VIDEO,)),
        ("PUT /babeldrop/jobs/stems/run/en-US_to_es-ES/talk #1", (AUDIO,)),
        (f"GET /babeldrop/inbox/run/{WAITING} #1", (WAITING,)),
        ("POST /v1/media/translate #1", (AUDIO,)),
        ("PUT /babeldrop/jobs/operations/vozo/* #1", (AUDIO,)),
        ("POST /translator/text/translate #1", (CAPTIONS,)),
        ("POST /translator/document/batches #1", (LEASE, REPORT)),
        ("GET /babeldrop/jobs?restype=container&comp=list&prefix=open/ #1", FILES),
    ],
)
def test_a_call_is_about_the_files_whose_name_or_service_it_has(call: str, files: tuple[str, ...]) -> None:
    assert files_of(call) == files


def test_the_part_of_a_file_is_all_that_names_it() -> None:
    names = {"film": VIDEO, "talk": AUDIO}
    both = Traces(
        translations={name: {"status": "succeeded"} for name in names.values()},
        drops={name: {"status": "succeeded"} for name in names.values()},
        blobs={f"run/en-US_to_es-ES/{stem}.es-ES.vtt": 9 for stem in names},
        records=frozenset(f"done/{name}" for name in names.values()),
        paid=Counter({f"translations/{name}": 1 for name in names.values()}),
    )
    film = Traces(
        translations={VIDEO: {"status": "succeeded"}},
        drops={VIDEO: {"status": "succeeded"}},
        blobs={"run/en-US_to_es-ES/film.es-ES.vtt": 9},
        records=frozenset({f"done/{VIDEO}"}),
        paid=Counter({f"translations/{VIDEO}": 1}),
    )
    assert both.of((VIDEO,)) == film
    assert both.of((VIDEO, AUDIO)) == both
