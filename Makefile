# The commands of this project. `make help` lists them; GNU Make 3.81 is enough.
SHELL := /bin/sh
PORT ?= 8000
VENV ?= .venv
PY := $(VENV)/bin/python
# What the round on services runs: all but what is drawn or stands apart from databases.
ROUND := not looks and not apart
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help packages run dev reset test test-fast test-sqlite test-looks test-apart coverage coverage-engine test-faults test-deploy test-services test-services-lpo test-services-browser test-services-apps browser check check-fast lint types imports templates bench bench-web bench-load pictures lock audit licences clean

help:
	@echo "make run     the sample company on http://127.0.0.1:$(PORT) (PORT=8001 for another port)"
	@echo "make dev     the same with reload and error pages for developers"
	@echo "make reset   forget what was entered locally and start over (asks first)"
	@echo "make test    all tests, browser tests included"
	@echo "make test-services  the tests on PostgreSQL, Redis and a real worker (those that run, else private ones)"
	@echo "make coverage  the same, with the lines that no test runs"
	@echo "               (three tests ask LibreOffice to calculate a workbook: skipped where soffice is not installed)"
	@echo "make check   lint, types, import contracts, templates, then make test"
	@echo "make test-faults  kill, freeze and fill what the product stands on (private servers, minutes)"
	@echo "make test-deploy  follow docs/deploy.md on a new Debian with systemd (Linux, as root, minutes)"
	@echo "make bench   the figures of docs/benchmarks.md"
	@echo "make bench-web   pages of organisations with up to 100,000 tasks, on both databases (minutes)"
	@echo "make bench-load  50 people at once for a minute, on both databases (minutes)"
	@echo "make pictures  the pictures of the README"
	@echo "make lock    pin what requirements*.in ask for, with hashes (UPGRADE=1: newest of what they need)"
	@echo "make audit   look for published faults of the pinned packages (asks the advisory service of PyPI)"
	@echo "make licences  the list of licences in docs/licences.md"

# Stamps: a virtual environment is filled again only when the pinned packages change.
$(VENV)/bin/python:
	@python=$$(.ci/python) || exit 1; \
	echo "Making a virtual environment with $$python"; \
	"$$python" -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages (once)"
	@.ci/packages $(PY) requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages for tests (once)"
	@.ci/packages $(PY) requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

packages: $(VENV)/dev.stamp

run: $(VENV)/run.stamp
	@PORT=$(PORT) LPO_SAMPLE_SIGNINS=1 $(PY) manage.py prepare
	@PORT=$(PORT) LPO_SAMPLE_SIGNINS=1 LPO_GREETING="$$(sed s/PORT/$(PORT)/ .ci/greeting)" \
	  exec $(PY) -m gunicorn --config lpo/gunicorn_conf.py

dev: $(VENV)/run.stamp
	@DEBUG=1 LPO_SAMPLE_SIGNINS=1 PORT=$(PORT) $(PY) manage.py prepare
	@DEBUG=1 LPO_SAMPLE_SIGNINS=1 LPO_LISTENS_ON=127.0.0.1 CELERY_EAGER=1 $(PY) manage.py runserver 127.0.0.1:$(PORT)

reset:
	@printf 'This removes everything entered locally (the folder var/). Type yes to go on: '; \
	read answer; \
	if [ "$$answer" = yes ]; then rm -rf var && echo "Done. make run starts over."; else echo "Nothing was removed."; fi

browser: $(VENV)/dev.stamp
	@$(PY) -m tests.browser.install

test: browser
	@$(PY) -m pytest --ignore=tests/faults

coverage: browser
	@$(PY) -m pytest --ignore=tests/faults --cov --cov-report=term

# The engine has no line and no branch that is not tried.
coverage-engine: $(VENV)/dev.stamp
	@$(PY) -m pytest tests/engine -q --cov=engine --cov-report=term --cov-fail-under=100

# What is drawn or calculated does not depend on the database; what is killed and filled has its own command.
test-services: browser
	@$(PY) -m tests.with_services pytest -m "$(ROUND)" --ignore=tests/faults

# The same in three parts: the tables of all addresses, flows in a browser (which the others do without), and
# all else.
test-services-lpo: $(VENV)/dev.stamp
	@$(PY) -m tests.with_services pytest tests/lpo -m "$(ROUND)"

test-services-browser: browser
	@$(PY) -m tests.with_services pytest tests/browser -m "$(ROUND)"

test-services-apps: $(VENV)/dev.stamp
	@$(PY) -m tests.with_services pytest tests --ignore=tests/lpo --ignore=tests/browser --ignore=tests/faults -m "$(ROUND)"

# Three parts that run beside those (.ci/run); `make test` runs everything, on SQLite.
test-sqlite: browser
	@$(PY) -m pytest -m "not looks and not apart and not served" --ignore=tests/faults

test-looks: browser
	@$(PY) -m pytest tests/browser -m "looks"

test-apart: browser
	@$(PY) -m pytest tests --ignore=tests/browser --ignore=tests/faults -m "apart"

test-fast: $(VENV)/dev.stamp
	@$(PY) -m pytest -m "not browser" --ignore=tests/faults -q

test-faults: $(VENV)/dev.stamp
	@LPO_WRITE_FIGURES=1 $(PY) -m pytest tests/faults -q

# As root, on Linux: docs/deploy.md on a machine that is made for it.
test-deploy:
	@tests/deploy/bare_machine

lint: $(VENV)/dev.stamp
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

types: $(VENV)/dev.stamp
	@$(VENV)/bin/mypy .

imports: $(VENV)/dev.stamp
	@$(VENV)/bin/lint-imports

templates: $(VENV)/dev.stamp
	@$(VENV)/bin/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	@$(VENV)/bin/djlint --lint --quiet templates
	@$(PY) manage.py check --fail-level WARNING
	@$(PY) manage.py makemigrations --check --dry-run

check-fast: lint types imports templates

check: check-fast
	@$(MAKE) test

bench: $(VENV)/dev.stamp
	@$(PY) -m tests.bench_engine
	@$(PY) -m tests.bench

bench-web: $(VENV)/dev.stamp
	@$(PY) -m tests.bench_web

bench-load: $(VENV)/dev.stamp
	@$(PY) -m tests.bench_load

pictures: $(VENV)/dev.stamp
	@$(PY) -m tests.browser.install
	@$(PY) -m tests.pictures

lock: $(VENV)/dev.stamp
	@.ci/lock $(VENV)/bin/uv
	@$(MAKE) licences

audit: $(VENV)/dev.stamp
	@$(VENV)/bin/uv tool run pip-audit==2.10.1 --require-hashes --disable-pip -r requirements-dev.txt

licences: $(VENV)/dev.stamp
	@$(PY) -m tests.security.licences

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov
