# Two commands do everything: `make demo` and `make test`. Each makes .venv when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check soak bench clean

help:
	@echo "make demo    record a market with some drama and open the run"
	@echo "make test    style, types, contracts and the test suite"
	@echo "make soak    the long tests"
	@echo "make bench   the benchmarks"
	@echo "make clean   remove .venv and everything made"

$(READY): pyproject.toml constraints.txt tools/setup $(wildcard trace/ipcreel/c/*.[ch])
	@tools/setup "$(PYTHON)" "$(VENV)"
	@touch $@

demo: $(READY)
	@tools/demo "$(BIN)"

check: $(READY)
	@echo "== style";     $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "== types";     $(BIN)/mypy
	@echo "== contracts"; $(BIN)/lint-imports --no-cache

test: check
	@echo "== tests"; $(BIN)/python -m pytest -n 3 -m "not soak"

soak: $(READY)
	$(BIN)/python -m pytest -n 2 -m soak --timeout 3600

bench: $(READY)
	@for f in tests/bench/bench_*.py; do echo "== $$f"; $(BIN)/python $$f || exit 1; done

clean:
	rm -rf $(VENV) build artifacts .pytest_cache .mypy_cache .ruff_cache
