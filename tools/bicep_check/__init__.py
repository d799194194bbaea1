"""The gate on `infra/`.

`python -m tools.bicep_check` applies our own rules, then the Bicep compiler's where there is one: it lints and builds
the templates, and compares the snapshots. `python -m tools.bicep_check.scan` asks checkov as well.
"""
