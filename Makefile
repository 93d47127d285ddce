# make demo | test | build | preview: each sets up what it needs, once.
# Needed before: Python >= 3.11, Node.js >= 20.19 with npm, make.

BIN := .venv/bin
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
NPM := npm --prefix frontend --silent
export UV_PROJECT_ENVIRONMENT := .venv

# Each step's stamp lies in the folder that it vouches for: who deletes the folder deletes the stamp.
KIT := .venv/.kit
DEV := .venv/.dev
MODULES := frontend/node_modules/.package-lock.json
BUNDLES := frontend/dist/bundles.json
SOURCES := $(shell find frontend -mindepth 1 \( -name node_modules -o -name dist -o -name .tsc \) -prune -o -print)

.PHONY: help demo test build preview clean browser check-python check-frontend
help:
	@echo "make demo     run the job text-entities: from its manifest to labels and a report"
	@echo "make test     run all checks and tests"
	@echo "make build    bring the front end up to date"
	@echo "make preview  show the task pages of text-entities in your browser"
	@echo "make clean    remove all that the other targets made, jobs excepted"
	@echo "Then .venv/bin/truthkit is the command; truthkit doctor says what is missing."

demo: $(KIT) $(BUNDLES) browser
	$(BIN)/truthkit run text-entities

preview: $(KIT) $(BUNDLES)
	$(BIN)/truthkit preview text-entities

# What fails quickly comes first, both languages at once. Then the tests, each file in one process, the longest first
# (tests/conftest.py): mostly they wait for a browser or a process of a handler, so three keep two cores busy.
test: $(DEV) $(BUNDLES) browser
	$(MAKE) --no-print-directory -j 2 check-python check-frontend
	UV="$(abspath $(UV))" NODE_COMPILE_CACHE="$(abspath .venv/.node)" \
		$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

check-python: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-frontend: $(MODULES)
	$(NPM) run check
	$(NPM) run test

build: $(BUNDLES)

clean:
	rm -rf .uv .venv frontend/node_modules frontend/dist frontend/.tsc dist .aws-sam \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.uv/bin/uv:
	@echo "uv is not on PATH: fetching it into .uv"
	@if python3 -m venv .uv; then exit; fi; rm -rf .uv; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-venv; \
		if python3 -m venv .uv; then exit; fi; rm -rf .uv; \
	fi; \
	echo "python3 -m venv fails: install it (on Debian: apt-get install python3-venv), or install uv" >&2; exit 1
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

$(KIT): pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --no-dev --inexact --compile-bytecode
	@touch $@

$(DEV): pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --inexact --compile-bytecode
	@touch $@ $(KIT)

$(MODULES): frontend/package.json frontend/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19 or newer (https://nodejs.org)" >&2; exit 1; }
	$(NPM) ci
	@touch $@

$(BUNDLES): $(MODULES) $(SOURCES)
	$(NPM) run build

# A Chromium that starts: one that lacks its libraries does not, and Debian's brings them along.
STARTS := $(BIN)/python -c "from truthkit.browser import require_chromium as r; exit(not r().version)" 2>/dev/null
DEBIAN_PACKAGES := chromium-headless-shell fonts-liberation
browser: | $(KIT)
	@if $(STARTS); then exit; fi; \
	if [ -n "$$TRUTHKIT_CHROMIUM" ]; then \
		echo "TRUTHKIT_CHROMIUM=$$TRUTHKIT_CHROMIUM cannot be started: mend or unset it" >&2; exit 1; \
	fi; \
	echo "There is no Chromium that starts: installing one"; \
	if $(BIN)/playwright install --only-shell chromium && $(STARTS); then exit; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(DEBIAN_PACKAGES); \
		if $(STARTS); then exit; fi; \
	fi; \
	printf '%s\n' "Still no Chromium that starts. Either command gives one:" \
		"  $(BIN)/playwright install --only-shell chromium && $(BIN)/playwright install-deps chromium" \
		"  apt-get install --no-install-recommends $(DEBIAN_PACKAGES)    (Debian, as root)" \
		"or name one: TRUTHKIT_CHROMIUM=/path/of/chromium make ..." >&2; \
	exit 1
