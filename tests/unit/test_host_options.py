"""How the host hands out work, by its command line and host.json: as Azure's host was seen to do."""

import pytest

from sandbox.host.__main__ import read_options
from sandbox.host.host import Options
from sandbox.host.hostfile import Blobs, Queues

COMMAND = ("--app", "app", "--port", "1", "--keys", "keys.json")


@pytest.fixture
def options() -> Options:
    return read_options(COMMAND)


def test_its_times_are_azure_s_unless_they_are_shortened(options: Options) -> None:
    assert (options.visibility, options.longest_poll, options.timer_lease, options.drain) == (600, 60, 60, 10)
    short = read_options([*COMMAND, "--visibility", "1", "--longest-poll", "0.5", "--timer-lease", "0", "--drain", "2"])
    assert (short.visibility, short.longest_poll, short.timer_lease, short.drain) == (1, 0.5, 0, 2)


def test_a_failing_blob_event_is_tried_five_times_without_a_pause(options: Options) -> None:
    delivery = options.of_blobs(Blobs())
    assert (delivery.tries, delivery.retry_delay, delivery.visibility) == (5, 0, 600)


@pytest.mark.parametrize(("at_once", "batch", "threshold"), [(8, 5, 3), (1, 1, 0)])
def test_eight_blob_events_at_once_are_batches_of_five(
    options: Options, at_once: int, batch: int, threshold: int
) -> None:
    delivery = options.of_blobs(Blobs.model_validate({"maxDegreeOfParallelism": at_once}))
    assert (delivery.batch, delivery.threshold) == (batch, threshold)


@pytest.mark.parametrize(("given", "threshold"), [({"batchSize": 4}, 4), ({"batchSize": 4, "newBatchThreshold": 1}, 1)])
def test_a_batch_of_four_messages_means_eight_at_once_on_two_cores(
    options: Options, given: dict[str, int], threshold: int
) -> None:
    delivery = options.of_queue(Queues.model_validate(given), cores=2)
    assert (delivery.batch, delivery.threshold) == (4, threshold)
