# Needs Python 3.11+ and make, nothing else: `make run` from a bare checkout.
#   make run        the demo on http://localhost:8000 (PORT, DATA_DIR)
#   make test       the whole suite          make test-deep   the same with every input tried
#   make check      look, types, structure   make bench       ratios to references (SCALE=1: full)
#   make clean      forget the environment, the caches and the demo's data

PORT ?= 8000
DATA_DIR ?= .data
SCALE ?= 0.1
ARGS ?=
export PORT DATA_DIR SCALE
# Compiled modules are cached whatever the surroundings say: without them every start costs seconds.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadgroup

.PHONY: run test test-deep check bench lock clean
.DELETE_ON_ERROR:

run: $(RUNTIME)
	@exec $(BIN)/python -m backend run

test: $(DEV)
	@$(PYTEST) $(ARGS)

test-deep: $(DEV)
	@GOODFAITH_DEEP=1 $(PYTEST) $(ARGS)

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/architecture -q

bench: $(DEV)
	@$(BIN)/python -m bench $(ARGS)

# Newer versions, chosen on purpose: needs `uv` and the network.
lock:
	uv pip compile -q --upgrade $(LOCK) requirements.in -o requirements.txt
	uv pip compile -q --upgrade $(LOCK) requirements.in requirements-dev.in -o requirements-dev.txt
LOCK := --generate-hashes --no-emit-index-url --no-annotate --no-header --universal --python-version 3.11

clean:
	rm -rf .venv .data build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in python3.11 python3.12 python3.13 python3 python; do \
	  if $$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then echo "Making .venv with $$python"; exec $$python -m venv .venv; fi; \
	done; echo "Python 3.11 or newer is needed (with its venv module)." >&2; exit 1

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what it runs on"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "Installing what it is tested with"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
