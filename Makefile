# Everything a developer does here. `make` alone explains itself.
PYTHON ?= python3
TOOLS := PYTHONPATH=$(CURDIR)/tools $(CURDIR)/tools/.venv/bin/python
PORT_OFFSET ?= 0
export PORT_OFFSET

.DEFAULT_GOAL := help
.PHONY: help demo up down reset logs doctor sandbox test e2e check fmt bench contracts lock setup

help:  ## this list
	@echo "NextPanel: the hosting panel and the shop that sells it. One of:"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT_OFFSET=100   shifts every port, so that two checkouts run side by side"
	@echo "  Needs Python 3.11 or later; everything else is fetched on first use."

setup:  ## make or refresh the Python environments (the other targets do it by themselves)
	@$(PYTHON) tools/bootstrap.py

demo: setup  ## set up, start, and watch one customer buy, upgrade and renew (EXIT=1 stops after it)
	@$(TOOLS) -m demo $(if $(EXIT),--exit)

up: setup  ## start the local stack and stay until Ctrl-C (DETACH=1 returns once it is healthy)
	@$(TOOLS) -m stack up $(if $(DETACH),--detach)

down: setup  ## stop the local stack; its data stays
	@$(TOOLS) -m stack down

reset: setup  ## stop the local stack and wipe its data (.local/)
	@$(TOOLS) -m stack reset

logs: setup  ## follow the logs of the local stack (NAME=billing-api for one of them)
	@$(TOOLS) -m stack logs $(NAME)

doctor: setup  ## a red and green table of everything the stack needs
	@$(TOOLS) -m stack.doctor

sandbox: setup  ## the sandbox alone in the foreground, secret key sk_test_sandbox
	@$(TOOLS) -m stack sandbox

test: setup  ## the checks and every test
	@$(TOOLS) -m gates.testrun

e2e: setup  ## the stories in the browser alone; pictures of every page come to build/screenshots
	@$(TOOLS) -m gates.stories

check: setup  ## style, types, floors, house rules, fresh contracts
	@$(TOOLS) -m gates.check

fmt: setup  ## format and repair what can be repaired by itself
	@tools/.venv/bin/ruff check --quiet --fix-only . && tools/.venv/bin/ruff format .

bench: setup  ## measure (NAME=orders for one benchmark)
	@$(TOOLS) -m gates.bench $(NAME)

contracts: setup  ## write contracts/*-openapi.json anew from the code
	@$(TOOLS) -m gates.openapi --write

lock: setup  ## compile requirements.in files to hash-locked ones (UPGRADE=1 takes the newest versions)
	@$(TOOLS) tools/lock.py $(if $(UPGRADE),--upgrade)
