# The workflow, one target a step. PYTHON names the interpreter to build the environment with.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# So that no start compiles the program, not even where nothing may be written beside it.
COMPILE = $(BIN)/python -m compileall -q monitor responders
HERE_FLAGS := --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation
PIP_FLAGS := --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes

LOCK_FLAGS := --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate \
  --custom-compile-command "make lock"

.PHONY: help run test bench-detection bench-reliability bench-crawl fuzz lock words schemas examples clean

help:            ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.run   ## create the environment if needed and start the service
	@$(BIN)/huiying run

test: $(VENV)/.test   ## install what tests need, then lint, type-check and test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

bench-detection: $(VENV)/.test   ## print how well real archives are read, beside the figures to reach (HUIYING_SHARED)
	$(BIN)/python -m tests.bench_detection

bench-reliability: $(VENV)/.test   ## commit every fault on purpose and print what came of it (ARGS="--quick --only kills")
	$(BIN)/python -m tests.reliability $(ARGS)

bench-crawl: $(VENV)/.test   ## crawl thousands of sites of our own and print each figure beside the one wanted (ARGS="--quick")
	$(BIN)/python -m tests.crawling $(ARGS)

fuzz: $(VENV)/.test   ## break everything that reads what others wrote, a while each (ARGS="--seconds 60 --guided")
	$(BIN)/python -m tests.fuzz $(ARGS)

lock:            ## renew the hash-pinned dependency lists
	uv pip compile $(LOCK_FLAGS) --group build pyproject.toml -o requirements.lock
	uv pip compile $(LOCK_FLAGS) --group build --all-extras --group test -c requirements.lock pyproject.toml \
	  -o requirements-test.lock

clean:           ## remove the environment and everything built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else \
	  "Huiying needs Python 3.11 to 3.13; %s is %s.\n请用 Python 3.11–3.13，例如：make run PYTHON=python3.12" \
	  % (sys.executable, sys.version.split()[0]))'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo 'The module venv is missing: install python3-venv.'; \
	  echo '缺少 venv 模块，请先安装 python3-venv。'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements.lock pyproject.toml
	$(BIN)/pip install $(PIP_FLAGS) -r requirements.lock
	@$(BIN)/pip install $(HERE_FLAGS) -e .
	@$(COMPILE)
	@touch $@

$(VENV)/.test: $(VENV)/.python requirements-test.lock pyproject.toml
	$(BIN)/pip install $(PIP_FLAGS) -r requirements-test.lock
	@$(BIN)/pip install $(HERE_FLAGS) -e .
	@$(COMPILE)
	@touch $@ $(VENV)/.run

words:           ## collect the texts for people and compile the catalogues
	$(BIN)/pybabel -q extract -F responders/locale/babel.cfg -k N_ -k NN_:1,2 -k _ --no-location --omit-header \
	  --sort-output -o responders/locale/huiying.pot monitor responders
	$(BIN)/pybabel -q update -D huiying -i responders/locale/huiying.pot -d responders/locale --no-fuzzy-matching --ignore-obsolete \
	  --no-wrap
	$(BIN)/pybabel -q compile -D huiying -d responders/locale

examples: $(VENV)/.test   ## let a made-up year pass and write docs/examples from it
	$(BIN)/python -m tests.year $(ARGS)

schemas:         ## describe the configuration files for editors, and the API for programs
	$(BIN)/python -m monitor.config.settings
	$(BIN)/python -m monitor.config.sources
	$(BIN)/python -m monitor.config.rules
	$(BIN)/python -m monitor.config.duty
	$(BIN)/python -m tests.exports.openapi
