#!/bin/sh
# Gives the azd environment the secret that signs callback addresses, once, so that a later provisioning keeps it.
set -eu
[ -n "${CALLBACK_SECRET:-}" ] || azd env set CALLBACK_SECRET "$(openssl rand -hex 32)"
