# What people do here, each in one word. All of it goes through uv, which is fetched when missing.
.PHONY: run test test-canvas fuzz lint build

UV := $(or $(shell command -v uv),.uv/bin/uv)
# A file of tests has a database or a studio of its own: it stays with one process.
# The tests in a browser need Chromium. Where they are demanded, its absence is a failure.
BROWSER := $(or $(DIRECTOR_TEST_BROWSER),$(shell command -v chromium))
# Those of the canvas need Node 20 or newer, with npm, and are demanded in the same way.
IS_NEW := parseInt(process.versions.node) >= 20 ? "yes" : ""
NODE := $(or $(DIRECTOR_TEST_CANVAS),$(shell npm -v >/dev/null 2>&1 && node -p '$(IS_NEW)'))
LEFT_OUT = $(if $(BROWSER),,--ignore=tests/e2e) $(if $(NODE),,--ignore=tests/canvas/test_driver.py --ignore=tests/canvas/test_tus_client.py)

run: $(UV)
	$(UV) run --frozen director up

test: $(UV) $(if $(NODE),test-canvas)
	@$(if $(NODE),:,echo "No Node 20 with npm: leaving out the tests of the canvas.")
	@$(if $(BROWSER),:,echo "No chromium: leaving out tests/e2e. apt-get install chromium brings it.")
	$(UV) run --frozen pytest -n 2 --dist loadfile $(LEFT_OUT)

# Also by itself: a colleague who changes the canvas alone need not wait for the rest.
test-canvas: canvas/node_modules/.stamp
	cd canvas && npm test

# Many people on one graph while everything fails, from a seed that chance or SEED= chooses.
fuzz: $(UV)
	$(UV) run --frozen python tests/collaboration/simulation fuzz $(or $(COUNT),10000) $(SEED)

lint: $(UV)
	$(UV) run --frozen ruff check . && $(UV) run --frozen ruff format --check .
	$(UV) run --frozen pyright && $(UV) run --frozen lint-imports

build: $(UV)
	$(UV) build --all-packages

canvas/node_modules/.stamp: canvas/package-lock.json canvas/package.json
	cd canvas && npm ci --no-audit --no-fund
	touch $@

# Into a folder of its own: the system's Python may belong to its packages, and stays as it is.
.uv/bin/uv:
	python3 -m pip install -q --target .uv uv || (python3 -m venv .uv && .uv/bin/pip install -q uv)
