# The commands of the project. `make run` and `make test` need nothing set up before: README.md.
#   make test ARGS="-k labels"           options for pytest
#   make test ARGS="-n 0 -s -k labels"   in one process, with what it prints
#   PORT=8010 make run                   other settings: deploy/README.md

PYTHON := .venv/bin/python
BIN := .venv/bin

# Each process has a PostgreSQL, a Redis and a site of its own, about 2 GB.
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run test lint bench client setup clean

run: setup
	@exec $(PYTHON) -m radicula.services.run

test: lint
	@chromium=$$($(PYTHON) deploy/browser.py) && CHROMIUM="$$chromium" exec $(PYTHON) -m pytest $(SIDE_BY_SIDE) $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix frontend run --silent check

bench: setup
	@chromium=$$($(PYTHON) deploy/browser.py) && CHROMIUM="$$chromium" exec $(PYTHON) -m tests.bench $(ARGS)

setup:
	@command -v python3 >/dev/null || { \
	  echo "setup: Python 3.11 or 3.12 is needed and there is no python3 on the PATH; install it" >&2; exit 2; }
	@python3 deploy/setup.py

# Keeps .radicula, the data of `make run`.
clean:
	rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf test-results radicula.egg-info platform/radicula.egg-info

# The OpenAPI schema, and the front end's types from it. `make test` fails when they are stale.
client: setup
	$(PYTHON) manage.py spectacular --format openapi-json --validate --fail-on-warn --file frontend/src/api/schema.json
	npm --prefix frontend run --silent client
