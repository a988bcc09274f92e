# Everything a newcomer needs. `make help` lists the targets. Needs Python 3.11; everything else is installed into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
PYTHON ?= python3.11
export CCHC_WORKDIR ?= $(CURDIR)/var
export SCARF_ANALYTICS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
# whoever writes no bytecode compiles every library anew in each of the hundreds of processes that run and tests start
unexport PYTHONDONTWRITEBYTECODE
# behind a proxy of one's own, the certificates of the system are the ones that hold
export UV_SYSTEM_CERTS ?= true

# uv, the installer: the one on the PATH, else one in a private environment of its own
UV = $(shell command -v uv 2>/dev/null || echo $(CURDIR)/.uv/bin/uv)

# scripts and styles of the pages, and what formats them
STATIC = $(wildcard include/cchc/*/static/*.js include/cchc/*/static/*.css)
PRETTIER := prettier@3.10.1

.PHONY: help run airflow airflow-cli superset test fast lint format bench bench-peers bench-docs spark screenshots chaos fuzz fuzz-guided docs backup restore install clean secrets up down pin bundle

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

install: $(STAMP) ## Make .venv from requirements.lock (done by the other targets when needed)

$(STAMP): requirements.lock pyproject.toml
	@command -v uv >/dev/null 2>&1 || test -x .uv/bin/uv || { $(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet uv; }
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --python $(PY) requirements.lock
	$(UV) pip install --quiet --python $(PY) --no-deps --editable .
	@touch $@

run: $(STAMP) ## Demonstration exports through the real DAGs to the ranking; says where the result is
	@$(PY) scripts/run_dags.py

airflow: $(STAMP) ## Airflow with its web page on http://127.0.0.1:8080 (Ctrl-C ends it)
	@$(PY) scripts/airflow_env.py serve

airflow-cli: $(STAMP) ## Airflow's own command line, e.g. ARGS="dags list"
	@$(PY) scripts/airflow_env.py cli $(ARGS)

.superset/.installed: requirements.superset.lock
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .superset
	$(UV) pip sync --quiet --python .superset/bin/python requirements.superset.lock
	@touch $@

superset: $(STAMP) .superset/.installed ## Superset with our dashboards on http://127.0.0.1:8088 over what the last build served
	@$(PY) scripts/superset_env.py serve

# with Java, a cluster is tested too
test: $(if $(T),$(STAMP),lint $(if $(shell command -v java 2>/dev/null),.spark/.installed)) ## Lint, then every test; T=tests/land (a folder, a file, a test id): that alone, no lint, in seconds
	$(PY) -m pytest $(if $(T),-n 0 $(T),-n 2 --dist loadfile --no-loadscope-reorder -m "not chaos")

fast: $(STAMP) ## Quick lint and the tests that start no server, browser, dbt or Airflow: under a minute on two cores
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/ruff format --quiet --check .
	$(PY) -m pytest -n 2 --dist loadfile -m "not slow and not chaos"

lint: $(STAMP) ## ruff, sqlfluff, mypy, djlint, prettier (scripts, styles), dclint (compose file); also that include/ never imports Airflow
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	CCHC_DUCKDB_PATH=:memory: $(VENV)/bin/sqlfluff lint --processes 2 --disable-progress-bar dbt_project
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint --quiet --check include/cchc
	$(VENV)/bin/djlint --quiet --lint include/cchc
	@if command -v npx >/dev/null 2>&1; then \
	npx --yes $(PRETTIER) --log-level warn --check $(STATIC) && npx --yes dclint@3.1.0 --max-warnings 0 docker-compose.yaml; \
	else echo "prettier and dclint skipped: they need npx, which Node.js brings"; fi

format: $(STAMP) ## Let ruff, sqlfluff, djlint and prettier mend what they can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	CCHC_DUCKDB_PATH=:memory: $(VENV)/bin/sqlfluff fix --processes 2 dbt_project
	-$(VENV)/bin/djlint --quiet --reformat include/cchc
	@if command -v npx >/dev/null 2>&1; then npx --yes $(PRETTIER) --log-level warn --write $(STATIC); fi

screenshots: $(STAMP) ## The pictures of README and docs/tour.md, of what `make run` made
	$(PY) scripts/screenshots.py

bench: $(STAMP) ## Every target of speed beside the floor, from files to ranking: half an hour (smaller: ROWS=20000)
	PYTHONPATH=tests $(PY) -m bench $(if $(ROWS),--rows $(ROWS) --history 0 --night-history 0 --provinces 2 --no-scheduler) $(if $(JSON),--json $(JSON))

.peers/.installed: tests/bench/peers/requirements.lock
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .peers
	$(UV) pip sync --quiet --python .peers/bin/python tests/bench/peers/requirements.lock
	@touch $@

bench-peers: $(STAMP) .peers/.installed ## The same exports by dlt, pandas with Great Expectations, Spark (Java 17): docs/benchmarks.md (smaller: ROWS=20000)
	PYTHONPATH=tests $(PY) -m bench.peers $(if $(ROWS),--rows $(ROWS)) $(if $(JSON),--json $(JSON))

.spark/.installed: tests/spark/requirements.lock
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .spark
	$(UV) pip sync --quiet --python .spark/bin/python tests/spark/requirements.lock
	@touch $@

spark: $(STAMP) .spark/.installed ## A made-up province loaded and built on Spark and Iceberg (Java 17) beside DuckDB, with kills, every table compared (more: ROWS=1000000)
	PYTHONPATH=tests $(PY) -m spark $(if $(ROWS),--rows $(ROWS)) $(if $(JSON),--json $(JSON))

bench-docs: $(STAMP) ## Tables and chart of docs/benchmarks.md from the measurements in docs/benchmarks/
	PYTHONPATH=tests $(PY) -m bench.document

chaos: $(STAMP) ## Kill a real Airflow with PostgreSQL in every stage, `cchc run` 20 times: the tables must not differ (10 minutes)
	$(PY) -m pytest -n 0 -m chaos
	$(PY) tests/flow/chaos.py --kills 20

fuzz: $(STAMP) ## 10,000 mutated files against a second reading of the contract (others: SEED=7; fewer: FILES=500)
	PYTHONPATH=tests $(PY) -m fuzz $(if $(FILES),--files $(FILES)) $(if $(SEED),--seed $(SEED)) --keep $(CCHC_WORKDIR)/fuzz

fuzz-guided: $(STAMP) ## Coverage-guided fuzzing of unpacking, workbooks and JSON, SECONDS=60 each; installs atheris
	$(UV) pip install --quiet --python $(PY) atheris==3.0.0
	PYTHONPATH=tests $(PY) -m fuzz.guided --seconds $(if $(SECONDS),$(SECONDS),60) --keep $(CCHC_WORKDIR)/fuzz

docs: $(STAMP) ## Generate docs/data_dictionary.md from dbt, docs/what_can_go_wrong.md from the list of reasons
	$(PY) scripts/data_dictionary.py
	$(PY) scripts/what_can_go_wrong.py

backup: $(STAMP) ## Copy ledger, warehouse, landing, editions, registry and keys into a new folder: TO=/backup/2026-11-28
	@$(VENV)/bin/cchc backup --to "$(or $(TO),$(error say where to: make backup TO=/backup/DAY))"

restore: $(STAMP) ## Put a backup into an empty working folder: FROM=/backup/2026-11-28
	@$(VENV)/bin/cchc restore --from "$(or $(FROM),$(error say what: make restore FROM=/backup/DAY))"

secrets: ## Passwords and keys of docker-compose.yaml into .env, mode 0600; one of your own: SET=WAREHOUSE_PASSWORD
	@$(PYTHON) scripts/make_secrets.py $(SET)

up: ## Start the server of docker-compose.yaml and wait until it is well; needs .env of `make secrets`
	@test -f .env || { echo "no .env here: make secrets"; exit 1; }
	docker image inspect cchc:local >/dev/null 2>&1 || docker compose build
	docker compose up --detach --wait

down: ## Stop it; volumes stay
	docker compose --profile '*' down

pin: ## Write the digests of the images into docker-compose.yaml and Dockerfile, on a machine that reaches their registry
	@$(PYTHON) scripts/pin_images.py

bundle: ## Everything that a server without internet needs, in dist/: wheels, source, images where an engine is, checksums
	@$(PYTHON) scripts/bundle.py $(if $(TO),--to $(TO))

clean: ## Remove var/ (exports, warehouse, ledger, reports) and caches; keeps .venv
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
