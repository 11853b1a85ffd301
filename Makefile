# diembao: `make help` lists what can be made.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK_TOOLS := build/lock-tools

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench notebooks lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

setup: $(READY) ## make .venv with the diembao command in it

# Made again when the lock or the project's own metadata changes; the stamp is written last.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "diembao needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/diembao warm
	@touch $@

demo: setup ## route the sample clippings, print a table, write out/demo.xlsx and out/demo.jsonl
	@mkdir -p out
	$(BIN)/diembao score datasets/samples/clippings --out out/demo.jsonl --out out/demo.xlsx --table

test: setup ## run all tests
	$(BIN)/python -m pytest

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## put the code into the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## measure speed and memory; docs/measurements.md says what the numbers mean
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.memory

notebooks: setup ## run the notebooks on the articles of DIEMBAO_CORPORA; writes out/notebooks
	@test -n "$$DIEMBAO_CORPORA" || { echo "DIEMBAO_CORPORA names no folder of articles: see diembao corpora import" >&2; exit 1; }
	$(BIN)/python -m notebooks --out out/notebooks

# pip older than 25 misses lxml's html-clean extra, which trafilatura needs: a lock made with it installs and then fails.
lock: ## resolve requirements.lock again; UPGRADE=--upgrade also moves what is already pinned
	test -x $(LOCK_TOOLS)/bin/pip-compile || $(PYTHON) -m venv $(LOCK_TOOLS)
	$(LOCK_TOOLS)/bin/python -m pip install --quiet --upgrade 'pip>=25' 'pip-tools>=7.5'
	CUSTOM_COMPILE_COMMAND='make lock' $(LOCK_TOOLS)/bin/pip-compile --quiet $(UPGRADE) --extra train --extra notebooks --extra client --extra dev \
		--generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock pyproject.toml

clean: ## remove what make made: .venv, out, caches (tracked runs of MLflow stay)
	rm -rf $(VENV) out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
