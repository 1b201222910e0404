# Tocsin. `make demo` shows it, `make test` proves it; the other targets are for working on it.
PYTHON ?= python3
PORT ?= 8000
DATA ?= ./tocsin-data
UV := .venv/bin/uv
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy

.PHONY: help env editor demo test lint bench soak docs lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

env: .venv/.runtime .venv/.editor ## environment and runtime dependencies; afterwards .venv/bin/tocsin works

editor: .venv/.runtime ## the editor of documents, out of its packages
	@.venv/bin/python editor/build.py --node || \
		$(UV) pip install --quiet --python .venv/bin/python --require-hashes -r requirements-editor.lock
	@.venv/bin/python editor/build.py

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
	$(UV) export --quiet --no-emit-project --no-annotate --no-header --only-group editor > requirements-editor.lock
	rm -f uv.lock
	cd editor && npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean: ## remove the environment and what tests left
	rm -rf .venv editor/node_modules tocsin/web/static/editor.js .pytest_cache .mypy_cache .ruff_cache .hypothesis

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

# Where it cannot be built, everything else works and each section of a document is a form.
.venv/.editor: .venv/.runtime $(wildcard editor/src/*.js) editor/package-lock.json
	@echo "[+] the editor of documents"
	@$(MAKE) --no-print-directory editor >.venv/editor.log 2>&1 && touch $@ || \
		echo "    not built (.venv/editor.log says why); documents are written in forms. Try again: make editor"

.venv/.dev: .venv/.runtime .venv/.editor requirements-dev.lock
	@echo "[+] tools for tests"
	@$(UV) pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock
	@touch $@
