# The workflow, one target a step. PYTHON names the interpreter to build the environment with.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes

.PHONY: help run test check lint lock words clean

help:            ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.run   ## create the environment if needed and start the service
	@$(BIN)/python -m monitor run

test: $(VENV)/.test   ## install what tests need, then lint, type-check and test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

lock:            ## renew the hash-pinned dependency lists
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" --all-extras --group test -c requirements.lock pyproject.toml -o requirements-test.lock

clean:           ## remove the environment and everything built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements.lock
	$(BIN)/pip install $(PIP_FLAGS) -r requirements.lock
	@touch $@

$(VENV)/.test: $(VENV)/.python requirements-test.lock
	$(BIN)/pip install $(PIP_FLAGS) -r requirements-test.lock
	@touch $@ $(VENV)/.run
