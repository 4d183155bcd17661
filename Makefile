# Every target sets up .venv with what it needs, and no more, when that is not there yet.
# A stamp file per set of extras: .venv/installed-<set> is as new as pyproject.toml and constraints.txt.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test browser reports check format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    train a small detector on real textures, evaluate it, print the table"
	@echo "make test    every test and doctest (installs PyTorch, Lightning, Dask; a browser where it may)"
	@echo "make reports the reports of the demo and of DeepPCB, into reports/"
	@echo "make check   lint, formatting, types"
	@echo "make format  apply the formatter and the safe lint fixes"
	@echo "make bench   speed and memory against the peers (installs torch)"
	@echo "make clean   remove .venv, caches and builds"

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/installed-%: pyproject.toml constraints.txt | $(BIN)/python
	@echo "setting up .venv with the extras $* (about half a minute, bench longer)"
	@$(PIP) --constraint constraints.txt --editable '.[$*]'
	@touch $@

demo: .venv/installed-demo
	@echo "gonogo is installed in .venv, which '. $(BIN)/activate' puts first on the PATH"
	$(BIN)/gonogo demo --force $(ARGS)

test: .venv/installed-demo,dev browser
	$(BIN)/python -m pytest $(ARGS)

# The tests of the report open it in Chromium: the one on the PATH or in GONOGO_BROWSER, else Debian's.
browser:
	@for name in $$GONOGO_BROWSER chromium chromium-browser google-chrome google-chrome-stable chrome; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium, for the tests of the report"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 && exit 0; \
	fi; \
	echo "no browser: the report will NOT be tested in one; install chromium, or name one in GONOGO_BROWSER" >&2

# The reports of the demo and, where the data are there, of both models on DeepPCB.
reports: .venv/installed-demo
	$(BIN)/python docs/make_reports.py $(ARGS)

check: .venv/installed-demo,dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-demo,dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
