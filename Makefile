# Everything that a person or CI runs. Needs Python >= 3.11, make and a package registry.
.DELETE_ON_ERROR:
.PHONY: run test lint ui serve bench bench-secret bench-portal validate validate-portal fuzz lock clean install

PYTHON ?= python3
BIN := .venv/bin
export CPF_DATA ?= $(CURDIR)/data
SCALE ?= demo
SEED ?= 1

run: install  ## demo extracts -> landing -> models -> gates -> three publications
	@$(BIN)/cpf generate --scale $(SCALE) --seed $(SEED) --to $(CPF_DATA)/extraits
	@$(BIN)/cpf run

test: install lint  ## lint, types, dbt and Python tests, one end-to-end run
	@$(BIN)/pytest -n 2 --dist loadgroup

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint models tests/data orchestration/disclosure/gate/sql

ui: install  ## Dagster on loopback: http://127.0.0.1:3000
	@$(BIN)/cpf ui

serve: install  ## the portal on loopback: http://127.0.0.1:8000
	@$(BIN)/cpf serve

bench: install  ## national scale: times, memory, growth, ratio to plain DuckDB
	@$(BIN)/python -m tests.bench.national
	@$(BIN)/python -m tests.bench.package

bench-secret: install  ## complementary suppression beside pytauargus and gconfid, in their own environment
	@test -d $(CPF_DATA)/publications || $(MAKE) run
	@$(PYTHON) -m venv .venv/peers && .venv/peers/bin/pip install --quiet pytauargus gconfid
	@$(BIN)/python -m tests.bench.suppression

bench-portal: install  ## the portal beside datasette and roapi, on two million rows
	@$(BIN)/python -m tests.bench.portail

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

clean:
	rm -rf .venv data .mypy_cache .ruff_cache .pytest_cache
