"""The `az` command, as the hooks call it. They need nothing but Python, so that they run on every machine of azd's."""

import os
import shutil
import subprocess
from collections.abc import Callable

#: Runs az with these words and returns what it prints; raises AzFailed.
type Az = Callable[..., str]


class AzFailed(Exception):
    """Az is not there, or ended with an error: its own words."""


def az(*words: str) -> str:
    """Run az in the subscription that azd deploys to, and return what it prints."""
    # On Windows az is a script, which is found by its whole name only.
    program = shutil.which("az")
    if program is None:
        raise AzFailed("there is no az command: learn.microsoft.com/cli/azure/install-azure-cli")
    subscription = os.environ.get("AZURE_SUBSCRIPTION_ID")
    command = [program, *words, *(["--subscription", subscription] if subscription else [])]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise AzFailed(ended.stderr.strip() or f"az {words[0]} ended with {ended.returncode}")
    return ended.stdout


def require_sign_in(run: Az) -> None:
    """Raise AzFailed where az cannot see the subscription."""
    try:
        run("account", "show", "--output", "none")
    except AzFailed as error:
        raise AzFailed(
            f"az cannot see the subscription: run az login, then this again. azd has a login of its own. {error}"
        ) from error
