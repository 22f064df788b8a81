# Two commands do everything on a machine with Python 3.11 and make: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test test-all lint bench clean
.DEFAULT_GOAL := run

# One stamp for the whole environment: made again when what is installed changes, reused otherwise.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: $(VENV)/.installed
	$(BIN)/sommet run experiment=default-baselines

test: $(VENV)/.installed
	$(BIN)/pytest -n auto -m 'not slow'

test-all: $(VENV)/.installed
	$(BIN)/pytest

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sommet validate
	$(BIN)/sommet generate --check
	$(BIN)/sommet leaderboard --check

bench: $(VENV)/.installed
	for script in tests/bench/bench_*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
