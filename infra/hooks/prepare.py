"""Before the first phase: is az signed in, does the region have what is needed, is there a secret for callbacks?

azd runs it before `up` and before `provision`: `python3 -m infra.hooks.prepare`
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping

from infra.hooks.az import Az, AzFailed, az, require_sign_in
from infra.hooks.regions import choices, needs, plain


def complaints(run: Az, environment: Mapping[str, str]) -> Iterator[str]:
    """What speaks against the region that was chosen, and what to choose instead."""
    known, unknown = needs(run, environment)
    for each in unknown:
        print(f"{each} Going on without.")
    chosen = plain(environment.get("AZURE_LOCATION", ""))
    instead = f"These regions have all of it: {', '.join(choices(known)) or 'none'}."
    if not chosen:
        yield f"No region is chosen yet, and azd would offer some that do not work. {instead}"
    for need in known:
        if chosen and chosen not in need.regions:
            otherwise = f" Or do without: azd env set {need.otherwise}." if need.otherwise else ""
            yield f"{chosen} does not offer {need.what}. {instead}{otherwise}"


def keep_secret(environment: Mapping[str, str]) -> None:
    """Give the azd environment the secret that signs callback addresses, once, so that later provisioning keeps it."""
    azd = shutil.which("azd")
    if environment.get("CALLBACK_SECRET") or azd is None:
        return
    subprocess.run([azd, "env", "set", "CALLBACK_SECRET", secrets.token_hex(32)], check=True)


def main() -> int:
    try:
        require_sign_in(az)
        found = [] if os.environ.get("SKIP_REGION_CHECK") == "true" else list(complaints(az, os.environ))
    except AzFailed as error:
        print(error, file=sys.stderr)
        return 1
    if found:
        print(*found, sep="\n", file=sys.stderr)
        print("Choose with: azd env set AZURE_LOCATION <region>", file=sys.stderr)
        print("Or, if you know better: azd env set SKIP_REGION_CHECK true", file=sys.stderr)
        return 1
    keep_secret(os.environ)
    return 0


if __name__ == "__main__":
    sys.exit(main())
