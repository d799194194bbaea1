"""The second phase: subscribes the deployed functions to what is dropped, and sets alerts and workbook. Repeatable.

azd runs it after every deployment of the code. By hand, export the first phase's outputs and run
`python3 -m infra.hooks.subscribe`.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.hooks.az import Az, AzFailed, az, require_sign_in

NEEDED = (
    "AZURE_ENV_NAME",
    "AZURE_LOCATION",
    "AZURE_RESOURCE_GROUP",
    "AZURE_FUNCTION_APP_NAME",
    "CALLBACK_BASE_URL",
    "EVENT_TOPIC_NAME",
    "HOST_ACCOUNT_NAME",
    "DEAD_LETTER_CONTAINER",
    "INBOX_CONTAINER",
    "EDITS_CONTAINER",
    "COMPONENT_NAME",
)
START, EDITS = "start_translations", "apply_edits"
PARAMETERS = Path(__file__).parents[1] / "after-code.bicepparam"
# Half an hour: so long may a role assignment take to spread.
TRIES, PAUSE_SECONDS = 120, 15
# A private deployment lets nobody in who is not on its list.
SHUT = 403

#: Looks at the app's health page: its status, or 0 where there is no answer.
type Health = Callable[[str], int]


class NotYet(Exception):
    """A step that is not done after all tries; the message says what was waited for."""


class Subscriber:
    """Waits for what the second phase builds on, one thing after the other, and then deploys it."""

    def __init__(self, environment: Mapping[str, str], run: Az, health: Health, pause: Callable[[], None]) -> None:
        self._environment, self._run, self._health, self._pause = environment, run, health, pause

    def subscribe(self) -> None:
        """Go through all steps; raises NotYet at the first that stays undone, or AzFailed."""
        require_sign_in(self._run)
        restarted = self._await_secrets()
        self._until("the host to find the functions in the deployed code", self._is_indexed)
        if not restarted and self._health(self._environment["CALLBACK_BASE_URL"]) not in (200, SHUT):
            self._restart()
        self._until("the app's health page to be well; its log says why it is not", self._is_well)
        with_edits = EDITS in self._functions()
        self._until("the event subscriptions to be taken", lambda: self._deploy(with_edits=with_edits))

    def _await_secrets(self) -> bool:
        """Wait until the app may read the vault; whether it was restarted for having started too early."""
        looks = 0

        def are_read() -> bool:
            nonlocal looks
            looks += 1
            if looks > 1:
                # What could not be read is looked at again within a day, or when this asks for it.
                self._ask("post", "configreferences/appsettings/refresh")
            # learn.microsoft.com/azure/app-service/app-service-key-vault-references
            references = json.loads(self._ask("get", "configreferences/appsettings"))["value"]
            return all(each["properties"]["status"] == "Resolved" for each in references)

        self._until("the app's role on the vault to spread", are_read)
        if looks > 1:
            self._restart()
        return looks > 1

    def _restart(self) -> None:
        # An app that started before its secrets could be read holds the references themselves, and refuses to work.
        print("Restarting the app, which started before it could read what it needs.", flush=True)
        self._run("functionapp", "restart", *self._app())

    def _is_indexed(self) -> bool:
        """Whether the host has made the key by which it takes events. Only names are read, no key's value."""
        keys = self._run("functionapp", "keys", "list", *self._app(), "--query", "keys(systemKeys)", "--output", "tsv")
        return "blobs_extension" in keys.split() and START in self._functions()

    def _functions(self) -> set[str]:
        listed = self._run("functionapp", "function", "list", *self._app(), "--query", "[].name", "--output", "tsv")
        return {name.rsplit("/", 1)[-1] for name in listed.split()}

    def _is_well(self) -> bool:
        # To look warms the app up: Event Grid gives an endpoint seconds to prove itself, a cold start can take longer.
        return self._health(self._environment["CALLBACK_BASE_URL"]) in (200, SHUT)

    def _deploy(self, *, with_edits: bool) -> bool:
        os.environ["WITH_EDITS"] = "true" if with_edits else "false"
        group = self._environment["AZURE_RESOURCE_GROUP"]
        names = ["--resource-group", group, "--name", "after-code", "--parameters", str(PARAMETERS), "--output", "none"]
        self._run("deployment", "group", "create", *names)
        return True

    def _app(self) -> list[str]:
        environment = self._environment
        return [
            "--resource-group",
            environment["AZURE_RESOURCE_GROUP"],
            "--name",
            environment["AZURE_FUNCTION_APP_NAME"],
        ]

    def _ask(self, method: str, config: str) -> str:
        """What Azure answers about a part of the app's configuration that az has no command for."""
        site = self._run("functionapp", "show", *self._app(), "--query", "id", "--output", "tsv").strip()
        return self._run("rest", "--method", method, "--uri", f"{site}/config/{config}?api-version=2024-11-01")

    def _until(self, what: str, done: Callable[[], bool]) -> None:
        """Try until it is done, with pauses; what az says meanwhile is shown."""
        for tried in range(1, TRIES + 1):
            try:
                if done():
                    return
                trouble = ""
            except AzFailed as error:
                trouble = f" az says: {error}"
            print(f"{tried}/{TRIES}: waiting for {what}.{trouble}", flush=True)
            if tried < TRIES:
                self._pause()
        raise NotYet(f"Still waiting for {what}.")


def health(base: str) -> int:
    """The status of the app's health page."""
    try:
        with urllib.request.urlopen(f"{base}/api/health", timeout=60) as answer:  # noqa: S310  the deployment's own address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def main() -> int:
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        print(f"Not set: {', '.join(missing)}. The first phase gives them as outputs.", file=sys.stderr)
        return 1
    try:
        Subscriber(os.environ, az, health, lambda: time.sleep(PAUSE_SECONDS)).subscribe()
    except (AzFailed, NotYet) as error:
        again = "azd hooks run postdeploy" if "--azd" in sys.argv else "python3 -m infra.hooks.subscribe"
        print(f"{error}\nGo on from here with: {again}", file=sys.stderr)
        return 1
    print(
        f"Subscribed: a file dropped into {os.environ['INBOX_CONTAINER']} now reaches the app. See it work: make smoke"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
