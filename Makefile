PYTHON ?= python3
BIN := .venv/bin
HOME_OF_DEMO ?= ./var/demo

# Tests start many processes: each would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

# For every Python that Sise runs on: packages ask for others by its version.
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

BENCH ?=

.PHONY: help demo serve test storm cluster check bench format requirements migration screenshots clean

help: ## what can be made here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/pyvenv.cfg:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sise needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv || { rm -f $@; exit 1; }

.venv/run: requirements.txt pyproject.toml | .venv/pyvenv.cfg
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

demo: .venv/run ## a seeded district with some weeks played, at http://127.0.0.1:8000
	SISE_HOME=$(HOME_OF_DEMO) $(BIN)/sise demo

serve: .venv/run ## the pages and the scheduler
	$(BIN)/sise init
	$(BIN)/sise serve

# Two at once: a third has to load, compile and play all that the others have too.
test: .venv/dev ## the whole suite, on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal

storm: .venv/dev ## kills, random tasks and large ledgers in full numbers, on both databases; minutes
	SISE_STORM=1 $(BIN)/python -m pytest -n 3 --dist worksteal -m storm -o python_files='test_*.py kills.py'

cluster: .venv/dev ## nights on several hosts that are killed and cut off, as network namespaces; as root, minutes
	$(BIN)/python -m tests.cluster

check: .venv/dev ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/bench: .venv/dev requirements-bench.txt
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-bench.txt
	touch $@

bench: .venv/bench ## all ratios in one table, one to two hours at full size: BENCH='--small' or BENCH='--only sweep,mail'
	$(BIN)/python -m benchmarks $(BENCH)

format: .venv/dev ## put the code into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

requirements: .venv/dev ## pin what requirements*.in ask for, with hashes
	$(PIN) requirements.in -o requirements.txt
	$(PIN) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	$(PIN) requirements-bench.in -c requirements-dev.txt -o requirements-bench.txt

migration: .venv/dev ## write a migration for what the models now declare: make migration m="why"
	$(BIN)/python -m models.migrations "$(m)"

screenshots: .venv/dev ## pictures of every page of a demo, for the README
	SISE_HOME=$(HOME_OF_DEMO) $(BIN)/sise demo --prepare-only
	SISE_HOME=$(HOME_OF_DEMO) PYTHONPATH=. $(BIN)/python docs/screenshots/take.py

clean: ## remove everything that was made here
	rm -rf .venv var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
