# Sundown. `make` alone tells what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.complete
# Unit tests compute, so two suit two cores. Most of any other is waiting, for a control plane that each worker has of its own: a
# third uses what two leave. With GOGC an API server takes 0.8 GB instead of 0.5, and all of it computes a seventh less.
WORKERS ?= 2
LAB_WORKERS ?= 3

.PHONY: help
help: ## Show this
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(STAMP) ## Make .venv with everything that sundown, sundown-lab and the tests need

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Sundown needs Python 3.11 or later; say which: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Making .venv (a minute or so the first time) ..."
	@test -x $(BIN)/python && $(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

.PHONY: demo
demo: setup ## A real Kubernetes on this machine, four teams, and environments that fall asleep before your eyes
	@$(BIN)/sundown-lab demo

.PHONY: story
story: setup ## The same without a person: sleeps, wakes, compares the counts, says how it went
	@$(BIN)/sundown-lab story

.PHONY: check lint unit
check: setup ## Format, lint, types, import contract, dead code, unit tests: a minute and a bit
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint unit

lint:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/vulture

unit: export HYPOTHESIS_PROFILE ?= quick
unit:
	@$(BIN)/pytest -q --numprocesses $(WORKERS) -m "not lab and not simulator and not browser and not slow"

.PHONY: test
test: setup browser ## Every test, those against the real control plane and in a real browser included
	@$(BIN)/sundown-lab build --helm --promtool --controllers > /dev/null
	@GOGC=$${GOGC:-400} $(BIN)/pytest --numprocesses $(LAB_WORKERS) --dist loadfile --no-loadscope-reorder -m "not node"
	@$(MAKE) --no-print-directory node-if-there

# A container runtime is nothing to install unasked: `make test` has these tests where the packages are there already.
NODE ?= if-there
.PHONY: node-if-there
node-if-there:
	@if test "$(NODE)" = later; then :; \
	elif why=$$($(BIN)/python -m sundown_lab.node.needs); then $(BIN)/pytest -m node; \
	else echo "Tests on a real node were left out: $$why; or: make test-node"; fi

.PHONY: test-node
test-node: setup node-packages ## The tests on a real node, with the image as built; installs what they need (root, Debian)
	@$(BIN)/sundown-lab build > /dev/null
	@$(BIN)/pytest -m node

.PHONY: node-packages
node-packages: setup
	@packages=$$($(BIN)/python -m sundown_lab.node.needs --packages); \
	if test -n "$$packages" && test "$$(id -u)" = 0 && command -v apt-get > /dev/null; then \
	  echo "Installing $$packages ..."; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $$packages > /dev/null; \
	fi
	@why=$$($(BIN)/python -m sundown_lab.node.needs) || { echo "The tests on a real node cannot run here: $$why"; exit 1; }

.PHONY: test-oldest
test-oldest: setup ## The smoke tests on the oldest Kubernetes that is promised; building it takes minutes, once
	@nice -n 19 $(BIN)/sundown-lab build --kubernetes "$$($(BIN)/python -c 'from sundown_lab.releases import OLDEST; print(OLDEST)')" > /dev/null
	@$(BIN)/pytest -m oldest

.PHONY: fault
fault: setup ## Run the tests of one fault of the track record: make fault ID=W3 (tests/faults/README.md)
	@tests=$$($(BIN)/python tests/support/track_record.py "$(ID)") && $(BIN)/pytest $$tests

.PHONY: browser
browser: ## Chromium for the browser tests, from the distribution, where there is none
	@command -v chromium chromium-browser google-chrome > /dev/null \
	  || { test "$$(id -u)" = 0 && command -v apt-get > /dev/null \
	    && echo "Installing Chromium ..." && apt-get -qq update && apt-get -qq install --yes chromium > /dev/null; } \
	  || { echo "The browser tests need Chromium; on Debian and Ubuntu: sudo apt-get install chromium"; exit 1; }

PICTURES := tests/frontdesk/test_in_a_browser.py tests/frontdesk/test_operations_in_a_browser.py
.PHONY: screenshots
screenshots: setup browser ## Take the pictures of docs/slack anew, from the simulator's page with all of Sundown behind it
	@SUNDOWN_SCREENSHOTS=docs/slack $(BIN)/pytest -q $(PICTURES)

.PHONY: bench
bench: setup ## Measure speed, memory and idle cost against a bare loop of the same writes; bench.json has the numbers
	@$(BIN)/sundown-lab bench --json bench.json

FUZZ ?= 300
.PHONY: fuzz
fuzz: setup ## Send the REST API whatever its own document allows, and what it does not, for five minutes (FUZZ=SECONDS)
	@SUNDOWN_FUZZ=$(FUZZ) $(BIN)/pytest tests/frontdesk/api/test_fuzzed.py

.PHONY: format
format: setup ## Format, and mend what the linter can mend by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: docs
docs: setup ## Write the pages of docs/ that are made from the code: settings, command line, CRDs
	@$(BIN)/sundown-lab docs

# What an older version had, and to apply a newer one leaves there.
RETIRED := mutatingadmissionpolicy,mutatingadmissionpolicybinding sundown-wake
# What goes around the base knows only Kubernetes 1.36 and later. A cluster that cannot be asked is no cluster without policies.
.PHONY: deploy
deploy: ## Install into the cluster of the current kubectl context
	@set -e; served=$$(kubectl get --raw /apis/admissionregistration.k8s.io/v1); before=; after=; \
	if grep -q '"mutatingadmissionpolicies"' <<< "$$served"; then \
	  before="deploy/components/hold deploy/components/policies"; after=deploy/components/admission; \
	else echo "This cluster serves no MutatingAdmissionPolicy: Sundown does without (docs/policies.md)"; fi; \
	for part in $$before deploy/base $$after; do echo "kubectl apply -k $$part"; kubectl apply -k "$$part"; done; \
	if test -n "$$before"; then kubectl delete --ignore-not-found $(RETIRED); fi

# By what it is labelled with, so that each overlay and component is found; the CRDs have it too, and are asked for by nobody.
OURS := app.kubernetes.io/part-of=sundown
.PHONY: undeploy
undeploy: setup ## Stop the operator, wake everything it put to sleep, then remove the rest; schedules and CRDs stay
	kubectl -n sundown-system delete deployment sundown --ignore-not-found --cascade=foreground
	$(BIN)/sundown wake-all --direct
	kubectl delete -l $(OURS) "$$(kubectl api-resources --api-group=admissionregistration.k8s.io -o name | paste -sd,)"
	kubectl delete namespace sundown-system sundown-support --ignore-not-found
	kubectl delete --all-namespaces -l $(OURS) clusterroles,clusterrolebindings,roles,rolebindings
	@echo "Schedules and CRDs are still there. To remove them too, and with them every schedule: kubectl delete -k crds"

.PHONY: lock
lock: setup ## Pin the dependencies anew, by hash
	@$(BIN)/python -m pip install --quiet uv
	@mkdir -p requirements
	@$(BIN)/uv pip compile pyproject.toml --upgrade --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --output-file requirements/run.txt > /dev/null
	@$(BIN)/uv pip compile pyproject.toml --upgrade --quiet --universal --python-version 3.11 --extra dev \
	  --constraints requirements/run.txt \
	  --generate-hashes --no-header --no-annotate --output-file requirements/dev.txt > /dev/null
	@echo hatchling | $(BIN)/uv pip compile - --upgrade --quiet --universal --python-version 3.11 \
	  --constraints requirements/dev.txt \
	  --generate-hashes --no-header --no-annotate --output-file requirements/build.txt > /dev/null

.PHONY: clean
clean: ## Remove .venv and all caches of the checkout (the lab's cache stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis bench.json
	find operator tests -name __pycache__ -type d -prune -exec rm -rf {} +
