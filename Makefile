# Every target sets up .venv with what it needs, and no more, when that is not there yet.
# A stamp file per set of extras: .venv/installed-<set> is as new as pyproject.toml and constraints.txt.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test check format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    train a small detector on real textures, evaluate it, print the table"
	@echo "make test    every test and doctest"
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

test: .venv/installed-demo,dev
	$(BIN)/python -m pytest $(ARGS)

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
