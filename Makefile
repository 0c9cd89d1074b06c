# Every target builds what it needs; `make demo` and `make test` work on a bare machine.
PYTHON ?= python3
BIN := .venv/bin
DEMO ?= demo
SEED ?= 7
ENTERPRISES ?= 2000
PORT ?= 8501
SERVE ?= 1

.PHONY: setup demo app test check bench docs clean

setup: .venv/loops

.venv/ready: requirements.txt pyproject.toml tools/install_system.sh tools/prepare_engine.py
	bash tools/install_system.sh
	$(PYTHON) -c 'import sys; sys.exit("Xinmai needs Python 3.11 or newer, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -r requirements.txt
	-$(BIN)/python tools/prepare_engine.py
	touch $@

# What is compiled is kept beside the sources, and made anew when one of them is another.
.venv/loops: .venv/ready tools/prepare_loops.py $(shell find graph -name '*.py')
	-$(BIN)/python tools/prepare_loops.py
	touch $@

demo: setup
	$(BIN)/xinmai --workspace $(DEMO)/workspace demo --out $(DEMO) --enterprises $(ENTERPRISES) --seed $(SEED) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,)

app: setup
	$(BIN)/xinmai app --port $(PORT)

test: setup
	bash tools/install_system.sh tests
	XINMAI_REQUIRE_SERVERS=1 COVERAGE=0 bash tools/check.sh

check: setup
	bash tools/check.sh

.venv/peers: .venv/ready benchmarks/requirements.txt
	$(BIN)/python -m pip install -q -r benchmarks/requirements.txt
	touch $@

bench: setup .venv/peers
	missed=0; for name in start names alphabets quality splink_peer load publish large ownership scan scan_disk relations batch reports canvas_budgets app_budgets; do $(BIN)/python -m benchmarks.$$name || missed=1; done; exit $$missed

docs: .venv/ready
	$(BIN)/python -m app.reference docs

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .coverage*
