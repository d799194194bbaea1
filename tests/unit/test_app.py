"""The composition root: put together once, without a connection, as the settings say."""

from collections.abc import Iterator

import pytest

from shared.app import get_app
from shared.errors import SettingsRefused
from shared.settings import NAMES
from tests.unit.test_settings import REQUIRED


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment with what is required, and an app that is not made yet."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    get_app.cache_clear()
    yield monkeypatch
    get_app.cache_clear()


def test_all_functions_share_one_app() -> None:
    assert get_app() is get_app()
    assert get_app().settings.INBOX_CONTAINER == "inbox"


def test_wrong_settings_are_told_whenever_the_app_is_asked_for(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("JOBS_CONTAINER")
    for _ in range(2):
        with pytest.raises(SettingsRefused, match="JOBS_CONTAINER"):
            get_app()
