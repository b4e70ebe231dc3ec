# Everything a contributor runs. `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EXAMPLE ?= breast_cancer
FUZZ_SECONDS ?= 600

.PHONY: help setup report test check lint bench large known fit kill oracle rows roundtrip intervals bounds fuzz golden format tables catalog reference lock wheel clean

help: ## what there is
	@echo "nnc: a small language for neural networks"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make report EXAMPLE=wine   any other spec of examples/"

$(READY): pyproject.toml constraints.txt scripts/find-python.sh scripts/pango.sh
	@python=$$(sh scripts/find-python.sh) && sh scripts/pango.sh "$$python" && \
	  { [ -x $(BIN)/python ] || "$$python" -m venv $(VENV); }
	@echo "nnc: installing what is needed into $(VENV) (TensorFlow is large; this takes some minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# pip makes bytecode of what it installs, but not of what is installed to be edited; without it each start compiles.
setup: $(READY) ## make .venv and install what is needed
	@$(BIN)/python -m compileall -q nnc

report: setup ## train examples/$(EXAMPLE).nn and write build/$(EXAMPLE)/report.html and report.pdf
	$(BIN)/nnc report examples/$(EXAMPLE).nn -o build/$(EXAMPLE)

test: setup ## the whole test suite
	$(BIN)/pytest -n 2 --dist loadgroup

lint: $(READY) ## ruff, ruff format, mypy --strict, import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint test ## all of lint, then the tests

bench: setup ## the table of speeds, as ratios measured in one run
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.explaining
	$(BIN)/python -m benchmarks.networks

large: $(READY) ## 5,000,000 rows: the memory that a training takes (a quarter of an hour)
	$(BIN)/python -m benchmarks.large

known: $(READY) ## Titanic and house prices against scikit-learn's networks (needs ../shared/data)
	$(BIN)/python -m benchmarks.known

fit: $(READY) ## every optimizer, metric and loss: our training against model.fit
	$(BIN)/python -m tests.fit_cases

kill: $(READY) ## kill a training at fifty moments and go on with it
	$(BIN)/python -m tests.killed 50

oracle: $(READY) ## layers, functions and whole networks against Keras, in full (docs/oracle.md)
	$(BIN)/python -m tests.oracle

rows: $(READY) ## every row of the catalog: the emitted Python builds what nnc builds
	$(BIN)/python -m tests.emit.rows

roundtrip: $(READY) ## all networks of keras.applications in, built again and compared
	$(BIN)/python -m tests.roundtrip

intervals: $(READY) ## how often each metric's 95% interval holds the truth
	$(BIN)/python -m tests.intervals

bounds: setup ## every hostile spec against its five seconds and 500 MB (minutes)
	NNC_ALL_ATTACKS=1 $(BIN)/pytest tests/test_bounds.py -n 2

fuzz: $(READY) ## atheris over parser, checker and formatter for FUZZ_SECONDS (600)
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1

golden: $(READY) ## write the golden files again; read the diff before you commit it
	$(BIN)/python -m tests.golden

format: $(READY) ## ruff format and nnc fmt
	$(BIN)/ruff format
	$(BIN)/nnc fmt examples/*.nn

tables: $(READY) ## the parser's tables from the grammar
	$(BIN)/python -m nnc.syntax.generate

reference: $(READY) ## docs/reference from the catalog's rows
	$(BIN)/python -m nnc.pipeline.reference

catalog: $(READY) ## Keras's names and arguments into the catalog again, and docs/coverage.md
	$(BIN)/python -m tests.oracle.harvest

lock: $(READY) ## the versions installed now into constraints.txt
	@{ echo "# The versions that the tests run with; written by make lock."; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.txt.new
	@mv constraints.txt.new constraints.txt

wheel: $(READY) ## a wheel in dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## remove what make made
	rm -rf $(VENV) build dist
