# What people do here, each in one word. All of it goes through uv, which is fetched when missing.
.PHONY: run test lint build

UV := $(or $(shell command -v uv),.uv/bin/uv)
# A file of tests has a database or a studio of its own: it stays with one process.
# The tests in a browser need Chromium. Where they are demanded, its absence is a failure.
BROWSER := $(or $(DIRECTOR_TEST_BROWSER),$(shell command -v chromium))

run: $(UV)
	$(UV) run --frozen director up

test: $(UV)
	@$(if $(BROWSER),:,echo "No chromium: leaving out tests/e2e. apt-get install chromium brings it.")
	$(UV) run --frozen pytest -n 2 --dist loadfile $(if $(BROWSER),,--ignore=tests/e2e)

lint: $(UV)
	$(UV) run --frozen ruff check . && $(UV) run --frozen ruff format --check .
	$(UV) run --frozen pyright && $(UV) run --frozen lint-imports

build: $(UV)
	$(UV) build --all-packages

# Into a folder of its own: the system's Python may belong to its packages, and stays as it is.
.uv/bin/uv:
	python3 -m pip install -q --target .uv uv || (python3 -m venv .uv && .uv/bin/pip install -q uv)
