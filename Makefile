.DEFAULT_GOAL := help
.PHONY: help setup run code test check lint types layers unit infra video fuzz chromium openapi web journeys bench load pictures tour pins advisories plan deploy outputs doctor rollback destroy template tick parked replay verify-audit restore-drill reset
.SHELLFLAGS := -euc

# The first Python here that runs and is new enough makes the environments; from then on theirs is used.
SYSTEM_PYTHON := $(shell for python in python3.13 python3 python3.14 python3.12; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$python && break; done)
PYTHON := .venv/bin/python
export STATE ?= .state

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make the environments (.venv and .emulator)
	@test -n "$(SYSTEM_PYTHON)" || { echo "Python 3.12 or newer is needed: https://www.python.org/downloads/"; exit 1; }
	@$(SYSTEM_PYTHON) -m infra.environments

run: setup ## Run everything on this machine: make run [PORT=8787] [STATE=folder]
	@$(PYTHON) -m infra.local

tour: setup ## Drive the whole loop over HTTP against `make run`, with real video files
	@$(PYTHON) -m demo.tour --origin "$$($(PYTHON) -m infra.running)"

code: setup ## Print the code that somebody of the staff is asked for: make code WHO=nora@demo.example
	@$(PYTHON) -m demo.codes "$(WHO)"

tick: setup ## Let a moment come in `make run`: make tick AT=2026-12-01T08:00:00Z
	@$(PYTHON) -m infra.tick $(AT)

parked: setup ## Show what failed too often and waits: make parked [STAGE=prod]
	@$(PYTHON) -m infra.parked --stage "$(STAGE)"

replay: setup ## Send what is parked back to where it failed: make replay [STAGE=prod]
	@$(PYTHON) -m infra.parked --stage "$(STAGE)" --replay

verify-audit: setup ## Hold the audit trails against their chains and seals: make verify-audit [STAGE=prod] [PRACTICE=id]
	@$(PYTHON) -m infra.verify_audit $(if $(PRACTICE),--practice $(PRACTICE))

restore-drill: setup ## Bring the table back beside the one in use, and compare: make restore-drill [STAGE=prod] [AT=moment] [KEEP=1]
	@$(PYTHON) -m infra.restore $(if $(AT),--at $(AT)) $(if $(KEEP),--keep)

reset: ## Forget the practice on this machine: make reset [YES=1]
	@$(SYSTEM_PYTHON) -m infra.reset

PARTS := lint types layers unit infra web video journeys
test: setup chromium ## Run every test there is (what CI runs), and say what each part takes
	@for part in $(PARTS); do \
		began=$$(date +%s); $(MAKE) --no-print-directory $$part; echo "make $$part: $$(($$(date +%s) - began)) s"; \
	done

check: setup lint types layers unit ## Run the fast checks (what the pre-commit hook runs)

lint: setup
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --check --quiet .
	@.venv/bin/bandit --quiet --recursive --configfile pyproject.toml app.py chalicelib infra demo

types: setup
	@$(PYTHON) -m mypy

layers: setup
	@.venv/bin/lint-imports

unit: setup
	@$(PYTHON) -m pytest tests/unit --numprocesses 2 --dist worksteal --cov --cov-report=term-missing:skip-covered

infra: setup
	@$(SYSTEM_PYTHON) -m infra.environments --checks
	@$(PYTHON) -m infra.build local
	@$(PYTHON) -m pytest tests/infra --numprocesses 3 --dist loadfile

chromium: setup
	@$(PYTHON) -m infra.chromium > /dev/null

openapi: setup ## Write web/openapi.json and the web client's types from the routes
	@$(PYTHON) -m infra.openapi
	@npm --prefix web run --silent api

web: setup ## Check and test the web pages
	@$(PYTHON) -m infra.web --check

video: setup ## Process every kind of file that anybody may send, play what comes out in Chromium, and a thousand spoilt ones
	@CHROMIUM="$$($(PYTHON) -m infra.chromium)" $(PYTHON) -m pytest tests/video --numprocesses 3

fuzz: setup ## Process other spoilt files: make fuzz SEEDS=0-99999
	@SEEDS="$(or $(SEEDS),0-9999)" $(PYTHON) -m pytest tests/video/test_fuzz.py --numprocesses 2

journeys: setup ## Walk through the product in two browsers, each on a stack of its own
	@rm -rf build/rights
	@CHROMIUM="$$($(PYTHON) -m infra.chromium)" $(PYTHON) -m pytest tests/journeys --numprocesses 2
	@$(PYTHON) -m pytest tests/journeys/test_used_rights.py

bench: setup ## Measure starts, requests, growth and cost; fails over a limit
	@$(PYTHON) -m bench

load: setup ## Put a bad day on the embedded stack, and see what is lost or doubled: make load [REMINDERS=5000]
	@$(PYTHON) -m bench.load $(REMINDERS)

pictures: setup ## Take the README's pictures anew
	@PICTURES=1 CHROMIUM="$$($(PYTHON) -m infra.chromium)" $(PYTHON) -m pytest tests/journeys/test_pictures.py

pins: setup ## Pin every requirement anew, with hashes: make pins [UPGRADE=1]
	@$(PYTHON) -m infra.pins $(if $(UPGRADE),--upgrade)

advisories: setup ## Ask whether a package that is pinned has a known flaw: weekly; plan and deploy ask about what ships
	@$(PYTHON) -m infra.advisories

# An account's stages: docs/deploy/. STAGE=prod reads infra/stages/prod.toml; AWS_ENDPOINT_URL leads to an embedded AWS.
plan: setup ## Check an account and show what a deployment would change and cost: make plan STAGE=prod
	@$(PYTHON) -m infra.deploy plan "$(STAGE)"

deploy: setup ## Deploy to AWS: make deploy STAGE=prod [YES=1]
	@$(PYTHON) -m infra.deploy deploy "$(STAGE)" $(if $(YES),--yes)

outputs: setup ## Show where a stage is, and the records for its DNS: make outputs STAGE=prod
	@$(PYTHON) -m infra.deploy outputs "$(STAGE)"

doctor: setup ## Look whether a stage is healthy: make doctor STAGE=prod
	@$(PYTHON) -m infra.deploy doctor "$(STAGE)"

rollback: setup ## Bring back the build before: make rollback STAGE=prod [BUILD=stamp] [YES=1]
	@$(PYTHON) -m infra.deploy rollback "$(STAGE)" --build "$(BUILD)" $(if $(YES),--yes)

destroy: setup ## Take a stage down and keep its data: make destroy STAGE=prod [DATA=delete CONFIRM=its-stack]
	@$(PYTHON) -m infra.deploy destroy "$(STAGE)" --data "$(DATA)" --confirm "$(CONFIRM)" $(if $(YES),--yes)

template: setup ## Write a template, the zips and the site to deploy without any tool, into build/by-hand
	@$(PYTHON) -m infra.deploy template
