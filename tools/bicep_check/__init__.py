"""The gate on `infra/`, for machines without the Bicep compiler.

`python -m tools.bicep_check` parses every template, then applies our own rules. `python -m tools.bicep_check.scan` asks
checkov as well. The compiler itself runs in the workflow of `.github/`.
"""
