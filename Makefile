# Every target sets up what it needs. Python 3.13, git and make are all that must be there.
PYTHON ?= $(shell command -v python3.13 || command -v python3)
BIN := .venv/bin
.DEFAULT_GOAL := help
# Taken before anything is set up, so that the demo can tell how long the set-up took.
export DEMO_STARTED := $(shell date +%s.%N)
# Tests start a hundred processes. Where the environment forbids it, each of them would compile all of the code again.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help demo run test test-quick model faults check smoke snapshots pages format bench setup lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: setup  ## drop the samples, watch them being translated, print what came back
	@$(BIN)/python -m sandbox.demo

run: setup  ## keep the whole stack running: files in .local/inbox come back in .local/outbox
	@exec $(BIN)/python -m sandbox.run

# Three at a time on two cores, for some wait more than they work; the order is that of tests/conftest.py.
test: setup .python_packages/ready  ## all tests on both cores (T=path for some)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(T)

test-quick: setup  ## the tests that need no server, in half a minute
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow' tests/unit tests/contract

model: setup  ## try every schedule of the ledger's model (the tests try a part of them)
	$(BIN)/python -m pytest -n 2 --every-schedule tests/unit/model

faults: setup  ## end the app before and after every one of its calls (the tests do it at some of them)
	$(BIN)/python -m tests.faults

check: setup .venv-infra/ready  ## lint, format, types; the templates by our rules and by the Bicep compiler where there is one
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tools.bicep_check
	$(BIN)/python -m tools.bicep_check.scan

smoke: setup  ## after a deployment: drop a small file of each kind, say what works (S=stack.json: the local stack's)
	@$(BIN)/python -m tools.smoke $(if $(S),--stack $(S))

snapshots: setup  ## write infra/snapshots again, which show what each shape of a deployment creates
	$(BIN)/python -m tools.bicep_check.snapshots

pages: setup  ## write again what docs/ says of providers, languages and receipts, from the code
	$(BIN)/python -m tools.provider_pages
	$(BIN)/python -m tools.language_table
	$(BIN)/python -m tools.receipt_schema

format: setup  ## rewrite the code in the project's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: setup  ## measure, as ratios against bare baselines
	$(BIN)/python -m bench

setup: .venv/ready node_modules/ready

.venv/ready: requirements-dev.txt .python-version
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' || { echo 'Python 3.13 is needed; name it with: make PYTHON=/path/to/python3.13'; exit 1; }
	@echo 'Set-up: Python packages into .venv (about half a minute)'
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.venv-infra/ready: requirements-infra.txt .python-version
	@echo 'Set-up: the checks of templates, into .venv-infra (about half a minute)'
	@$(PYTHON) -m venv --clear .venv-infra
	@.venv-infra/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-infra.txt
	@touch $@

# What is deployed beside the code. A test loads the app from it.
.python_packages/ready: requirements.txt infra/hooks/package.py | .venv/ready
	@echo 'Set-up: what is deployed beside the code, into .python_packages (some seconds)'
	@$(BIN)/python -m infra.hooks.package
	@touch $@

node_modules/ready: package-lock.json | .venv/ready
	@echo 'Set-up: Azurite, which plays storage, into node_modules (about half a minute)'
	@$(BIN)/python -m tools.npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

lock: .venv/ready  ## pin the requirements again, with hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m tools.lock

clean:  ## remove everything that the targets made, and .local with what was dropped there
	rm -rf .venv .venv-infra .python_packages node_modules .local .mypy_cache .ruff_cache .pytest_cache .hypothesis
