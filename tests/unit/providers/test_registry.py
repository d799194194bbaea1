"""What must be true of every provider that the registry names."""

from datetime import timedelta

import pytest

from shared.providers.base import Provider
from shared.providers.registry import PROVIDERS

AT_ONCE = [provider for provider in PROVIDERS if provider.lease]


@pytest.mark.parametrize("provider", AT_ONCE, ids=lambda provider: provider.name)
def test_the_longest_request_is_cut_off_before_the_lease_ends(provider: type[Provider]) -> None:
    assert provider.lease is not None
    assert timedelta() < provider.longest_request < provider.lease
