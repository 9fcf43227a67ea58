# quota: `make run` starts it, `make test` tests it. Both prepare .venv by themselves.
PYTHON ?= python3
ADDRESS ?= 127.0.0.1
PORT ?= 8501

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.PHONY: setup run test check bench fuzz screenshots sample

setup: .venv/.runtime
	@:

# The stamps say which lock is installed, so that the second time costs nothing.
.venv/.runtime: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'quota needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3'; exit 1; }
	@test -x $(BIN)/python || { echo 'Making .venv'; $(PYTHON) -m venv .venv; }
	@echo 'Installing what quota needs (about a minute, once)'
	@$(PIP) install -r requirements.lock
	@touch $@

.venv/.tools: requirements-dev.txt .venv/.runtime
	@echo 'Installing what tests and checks need'
	@$(PIP) install -r requirements-dev.txt -c requirements.lock
	@touch $@

run: setup
	@echo 'quota: http://$(ADDRESS):$(PORT) (Ctrl+C stops it)'
	@$(BIN)/python -m streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

test: .venv/.tools
	@$(BIN)/python -m pytest -n 2 --dist worksteal -rs

check: .venv/.tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.tools
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.ingest

fuzz: .venv/.tools
	@$(BIN)/python -m bench.fuzz

screenshots: .venv/.tools
	@$(BIN)/python docs/screenshots.py

sample: setup
	@$(BIN)/python -m sample_data.make
