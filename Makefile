# Tocsin. `make demo` shows it, `make test` proves it; the other targets are for working on it.
PYTHON ?= python3
PORT ?= 8000
DATA ?= ./tocsin-data
UV := .venv/bin/uv
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy

.PHONY: help env demo test lint bench soak docs lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

env: .venv/.runtime ## environment and runtime dependencies; afterwards .venv/bin/tocsin works

demo: env ## the demo company on http://localhost:$(PORT), data in $(DATA)
	@.venv/bin/tocsin demo --data $(DATA) --port $(PORT) --serve

test: .venv/.dev ## every test on SQLite and on a PostgreSQL of its own
	@.venv/bin/python tests/run.py

lint: .venv/.dev ## style, types, the house
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/deptry .

bench: .venv/.dev ## figures beside a peer or a physical limit
	@.venv/bin/python bench/run.py

soak: .venv/.dev ## the wide and long runs
	@.venv/bin/python tests/run.py --soak

docs: .venv/.dev ## generated pages and pictures of the documentation
	@.venv/bin/python docs/build.py

lock: .venv/.uv ## resolve the dependencies again, with hashes
	$(UV) lock --quiet
	$(UV) export --quiet --no-emit-project --no-annotate --no-header --no-dev > requirements.lock
	$(UV) export --quiet --no-emit-project --no-annotate --no-header > requirements-dev.lock
	rm -f uv.lock

clean: ## remove the environment and what tests left
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.uv:
	@echo "[1/3] virtual environment"
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	@touch $@

.venv/.runtime: .venv/.uv requirements.lock pyproject.toml
	@echo "[2/3] dependencies"
	@$(UV) pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
	@echo "[3/3] tocsin itself"
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "[+] tools for tests"
	@$(UV) pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock
	@touch $@
