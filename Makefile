# What a user needs: python3 (3.11 or newer), make, and the Python and npm package indexes.
# PYTHON=... takes that one; else the faster of python3 and the system's is found.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMPS := build/stamps
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

export UV_PYTHON_DOWNLOADS := never
export PYTHONUTF8 := 1
export npm_config_update_notifier := false

.PHONY: demo test test-deep check screens bench assets chromium lighthouse clean help

help:
	@echo "make demo     build everything, fill a demo company, serve http://localhost:8000"
	@echo "make test     check the code and run the whole suite, with a real browser"
	@echo "make test-deep  the same, with every kind of garbage asked of every address"
	@echo "make check    lint, types, import contracts, templates: under a minute"
	@echo "make screens  pictures of the pages in screens/"
	@echo "make bench    measure every part beside its limit (docs/performance.md)"

demo: assets
	@exec $(BIN)/voronka demo

# Rewritten tests are kept for the next run, also where the environment forbids bytecode: each of the processes would
# take ten seconds to rewrite them all.
test: export PYTHONDONTWRITEBYTECODE :=
test: check chromium
	@$(BIN)/pytest -n $(CORES) --dist worksteal

test-deep: export VORONKA_TESTS := deep
test-deep: test

check: assets
	@$(BIN)/python tools/check.py

screens: assets chromium
	@$(BIN)/python tools/screens.py

bench: assets lighthouse
	@for name in feed press reports import pages reserve order match documents feed-out shop bot campaign chat collect widget; do $(BIN)/voronka bench $$name --json || exit 1; done

assets: $(STAMPS)/python $(STAMPS)/front
	@$(BIN)/python -c "from voronka.config.front import compile_messages; compile_messages()"
	@$(BIN)/python -m compileall -q src

chromium: $(STAMPS)/python
	@$(BIN)/python tools/chromium.py

# For `voronka bench widget` alone: it is larger than all that the product is built of.
lighthouse: $(STAMPS)/lighthouse

$(STAMPS)/lighthouse: tools/lighthouse/package.json tools/lighthouse/package-lock.json $(STAMPS)/npm
	@echo "Installing Lighthouse"
	@if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then npm=npm; else npm="$(CURDIR)/$(BIN)/npm"; PATH="$(CURDIR)/$(BIN):$$PATH"; fi; \
	  $$npm ci --prefix tools/lighthouse --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# --- What is built once and again only when its sources change -------------------------------------------------

$(STAMPS)/uv:
	@$(PYTHON) tools/interpreter.py >/dev/null
	@$(PYTHON) -m venv --clear build/uv || { echo "python3 cannot make environments: install its venv module (Debian: apt install python3-venv)"; exit 1; }
	@build/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/venv: $(STAMPS)/uv
	@echo "Making the Python environment .venv"
	@build/uv/bin/uv venv --quiet --clear --python "$(if $(filter file,$(origin PYTHON)),$$($(PYTHON) tools/interpreter.py),$(PYTHON))" .venv
	@touch $@

$(STAMPS)/python: pyproject.toml uv.lock $(STAMPS)/venv
	@echo "Installing the Python packages"
	@build/uv/bin/uv sync --frozen --quiet --compile-bytecode --python $(BIN)/python
	@touch $@

# Node of the machine when it has one, else the one from the Python package index.
$(STAMPS)/npm: package.json package-lock.json $(STAMPS)/python
	@echo "Installing the front-end packages"
	@if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then npm=npm; else npm="$(CURDIR)/$(BIN)/npm"; PATH="$(CURDIR)/$(BIN):$$PATH"; fi; \
	  $$npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

FRONT_SOURCES := tools/front.py src/voronka/kit/icons.txt $(wildcard src/voronka/kit/styles/*.css src/voronka/site/script/*.js src/voronka/site/script/modules/*.js)
$(STAMPS)/front: $(STAMPS)/npm $(FRONT_SOURCES)
	@echo "Building style sheets, icons and the script of sites"
	@$(BIN)/python tools/front.py
	@touch $@

clean:
	rm -rf build .venv node_modules tools/lighthouse/node_modules static-built src/voronka/kit/static/vendor src/voronka/site/built
