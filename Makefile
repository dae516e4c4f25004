# Everything that a person or CI runs. Needs Python >= 3.11, make and a package registry.
.DELETE_ON_ERROR:
.PHONY: help run run-public check test navigateur lint style types sql imports ui serve bench bench-secret bench-portal bench-tableaux bench-exports validate validate-portal fuzz lock clean install

PYTHON ?= python3
BIN := .venv/bin
# Tests that share a state stay on one worker.
PYTEST := $(BIN)/pytest -n 2 --dist loadgroup
export CPF_DATA ?= $(CURDIR)/data
SCALE ?= demo
SEED ?= 1
# The folder of public exports: the demo's are written there if it is not there.
DIR ?= $(CPF_DATA)/exports

run: install  ## demo extracts -> landing -> models -> gates -> publications; says where to look
	@$(BIN)/cpf generate --scale $(SCALE) --seed $(SEED) --to $(CPF_DATA)/extraits
	@$(BIN)/cpf run

run-public: install  ## public exports -> landing -> models -> gates -> publications, without vault or key: make run-public DIR=…
	@test -d "$(DIR)" || $(BIN)/cpf generate --public --scale $(SCALE) --seed $(SEED) "$(DIR)"
	@$(BIN)/cpf run --public "$(DIR)"

check: lint  ## lint, types and the quick tests: before each commit (two minutes)
	@$(PYTEST) -m "not slow"

test: lint  ## lint, types, dbt and Python tests, one end-to-end run (eight minutes)
	@$(PYTEST)

lint: install  ## style, types, SQL and the direction of imports, two at a time
	@$(MAKE) --no-print-directory --jobs=2 types sql style imports

types:
	@$(BIN)/mypy

sql:
	@$(BIN)/sqlfluff lint models tests/data orchestration/disclosure/gate/sql

style:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

imports:
	@$(BIN)/lint-imports --no-cache

navigateur:  ## Debian's Chromium, if no browser is there: tests of pages ask it
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		(apt-get update --quiet=2 && apt-get install --quiet=2 --yes chromium)

ui: install  ## Dagster on loopback: http://127.0.0.1:3000
	@$(BIN)/cpf ui

serve: install  ## the portal on loopback: http://127.0.0.1:8000
	@$(BIN)/cpf serve

bench: install  ## national scale: times, memory, growth, ratio to plain DuckDB
	@$(BIN)/python -m tests.bench.national
	@$(BIN)/python -m tests.bench.package

bench-exports: install  ## an export of 213,000 rows with odd ones, a register of 400,000 partners: time, memory
	@$(BIN)/python -m tests.bench.odd_offers

bench-secret: install  ## complementary suppression beside pytauargus and gconfid, in their own environment
	@test -d $(CPF_DATA)/publications || $(MAKE) run
	@$(PYTHON) -m venv .venv/peers && .venv/peers/bin/pip install --quiet pytauargus gconfid
	@$(BIN)/python -m tests.bench.suppression

bench-portal: install  ## the portal beside datasette and roapi, on two million rows
	@$(BIN)/python -m tests.bench.portal

bench-tableaux: install  ## the dashboards of $$CPF_DATA in a browser, beside static images (and VGPLOT=node_modules)
	@$(BIN)/python -m tests.bench.dashboards

validate: install  ## validators of others, each in its own environment, on what is published
	@test -d $(CPF_DATA)/publications || $(MAKE) run
	@$(BIN)/python -m tests.validation

validate-portal: install  ## programs of others, each in its own environment, on a live portal
	@$(BIN)/python -m tests.clients
	@CPF_TEST_CHARGE=1 $(BIN)/pytest -p no:xdist tests/portal/test_load.py

fuzz: install  ## 100,000 requests to the portal, right and wrong: answered or refused, nothing else
	@$(BIN)/python -m tests.fuzz

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@echo "Installing the locked environment into .venv (about a minute)…"
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python >= 3.11 is needed')"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock:  ## recompute requirements.lock (hashes, no index address)
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	@.venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --group dev pyproject.toml --output-file requirements.lock

help:  ## this list
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*  ## /\t/; s/\$$\$$/$$/g' | expand -t 18

clean:  ## the environment and the caches; never the data (key, vault, publications)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
