# make tutor   everything, then the app at http://127.0.0.1:8501   (PORT=8600 make tutor for another port)
# make test    everything, then the tests
# make e2e     the same for the tests in a real browser (needs chromium) and with real model servers
# make setup   only the environment: .venv with .venv/bin/atenea, the encoder, the course's index and what is read of it
# make screenshots   every page of the app as pictures, in the folder screenshots (needs chromium)
# make check   ruff, mypy --strict, import contracts

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
READY := $(VENV)/.ready

.PHONY: setup tutor test e2e check bench screenshots clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Atenea needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 $(MAKECMDGOALS)" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

$(READY): $(STAMP) $(shell find knowledge -type f -not -path '*/__pycache__/*')
	$(BIN)/atenea prepare
	touch $@

setup: $(READY)

tutor: setup
	$(BIN)/atenea ui --port $(PORT)

test: export PYTHONDONTWRITEBYTECODE :=
test: setup
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile -m "not e2e"

e2e: setup
	$(BIN)/python -m pytest -n 2 --dist load -m e2e tests/test_e2e.py tests/test_check_report.py tests/test_chat_serve.py

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m evals.latency

screenshots: setup
	$(BIN)/python -m evals.screenshots screenshots

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
