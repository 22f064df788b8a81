# Two commands do everything on a machine with Python 3.11 and make: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
EXTRAS ?= dev
BIN = $(VENV)/bin

.PHONY: run test test-all test-transformers lint gate bench clean
.DEFAULT_GOAL := run

# One stamp for the whole environment: made again when what is installed changes, reused otherwise. --use-pep517: seqeval comes
# as source only, and the older way of building it fetches what it builds with without what that needs.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

run: $(VENV)/.installed
	$(BIN)/sommet run experiment=default-baselines

test: $(VENV)/.installed
	$(BIN)/pytest -n auto -m 'not slow and not transformers'

test-all: $(VENV)/.installed
	$(BIN)/pytest

# torch is large and nothing else needs it: an environment of its own, with the version of constraints.txt.
test-transformers:
	$(MAKE) VENV=$(VENV)-transformers EXTRAS=dev,transformers $(VENV)-transformers/.installed
	$(VENV)-transformers/bin/pytest -m transformers tests/test_transformers.py

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sommet validate
	$(BIN)/sommet generate --check
	$(BIN)/sommet leaderboard --check

# The project's own gate: its quick baselines, run anew, against the rows that are published.
gate: $(VENV)/.installed
	rm -rf runs/gate
	$(BIN)/sommet run -m extractor=lexicon,rules,linear split=dev resume=false hydra.sweep.dir=runs/gate
	$(BIN)/sommet check --base results --results runs/gate

bench: $(VENV)/.installed
	for script in tests/bench/bench_*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) $(VENV)-transformers runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
