# Two commands on a fresh machine: `make demo` runs the whole product here, `make test` passes the tests.
# Package installation is their only network use.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8080

.PHONY: demo run paper check test lint prove bench lock clean
.DEFAULT_GOAL := demo

demo: $(VENV)/.run     ## the whole product on this machine, without an account and without network
	@$(BIN)/chatbot demo --port $(PORT)

run: $(VENV)/.run      ## the bot, from .env
	@$(BIN)/chatbot run

paper: $(VENV)/.run    ## only the practice exchange
	@$(BIN)/chatbot paper

check: $(VENV)/.run    ## the doctor
	@$(BIN)/chatbot check

lint: $(VENV)/.dev     ## what the tests also check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint             ## everything: lint, types, import contracts, tests
	$(BIN)/python -m compileall -q chatbot handlers  # or each of the many programs that the tests start compiles them anew
	$(BIN)/pytest -n 4 --dist worksteal  # many tests mostly wait: four keep two cores busy

prove: $(VENV)/.dev    ## the large random and crash counts, ending in a table (up to 30 minutes)
	$(BIN)/python -m tests.prove

bench: $(VENV)/.dev    ## timings, as ratios to a plain program in the same run
	$(BIN)/python -m tests.bench

lock:                  ## renew both lock files (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links pyproject.toml requirements.build.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --group dev -c requirements.lock pyproject.toml requirements.build.in -o requirements-dev.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
