# Every target sets up .venv by itself; see scripts/make_env.py.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
BIN := .venv/bin
DEMO := demo-workspace

.PHONY: demo serve test test-all lint bench docs screenshots env lock

demo: env
	@$(BIN)/roadwright demo $(DEMO)

# The control room on the demo's workspace, opened in the browser; made first where it is not there.
serve: env
	@test -d $(DEMO) || $(BIN)/roadwright demo $(DEMO)
	@$(BIN)/roadwright serve -w $(DEMO) --open

test: env
	@$(BIN)/python scripts/get_chromium.py
	@$(BIN)/python -m pytest

# Those that take long, too.
test-all: env
	@$(BIN)/python scripts/get_chromium.py
	@$(BIN)/python -m pytest -m ""

lint: env
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: env
	@$(BIN)/python -m benchmarks

# The reference pages of docs/reference, from the declarations.
docs: env
	@$(BIN)/python -m scripts.make_reference

# Pictures of every page of the control room, into docs/images.
screenshots: env
	@$(BIN)/python scripts/get_chromium.py
	@$(BIN)/python -m scripts.make_screenshots

env:
	@$(PYTHON) scripts/make_env.py

# For developers, after a change of the dependencies in pyproject.toml (needs uv). Beside the lock of everything, one of
# what runs, and one of what builds it: what stands in them stands in the first in the same versions.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
lock:
	$(COMPILE) --upgrade --extra dev pyproject.toml -o requirements.lock
	$(COMPILE) --upgrade -c requirements.lock pyproject.toml -o requirements-runtime.lock
	echo hatchling | $(COMPILE) --upgrade -c requirements.lock - -o requirements-build.lock
