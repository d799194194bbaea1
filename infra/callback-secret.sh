#!/bin/sh
# Gives the azd environment the secret that signs callback addresses, once, so that a later provisioning keeps it.
set -eu
[ -z "${CALLBACK_SECRET:-}" ] || exit 0
secret=$(openssl rand -hex 32)
azd env set CALLBACK_SECRET "$secret"
