# One word for each thing a person wants to do. Set-up is deploy/install.sh, the stacks are atelier/stacks.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON_ := .venv/bin/python

# Handed on through the environment, letter by letter: neither make nor a shell looks inside a prompt.
override PROMPT := $(value PROMPT)
override COUNT := $(value COUNT)
override STYLE := $(value STYLE)
override SIZE := $(value SIZE)
override FORMAT := $(value FORMAT)
override PORT := $(value PORT)
export PROMPT COUNT STYLE SIZE FORMAT PORT

.PHONY: help demo serve stack test prove check lock bench clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 16

demo: ## Draw one picture: PROMPT="a red apple" COUNT=1 STYLE=illustration SIZE=512x512 FORMAT=png
	@deploy/install.sh stack
	@$(PYTHON_) -m atelier.stacks.demo

serve: ## Keep the one-machine stack up on http://127.0.0.1:8000 (PORT= chooses another port)
	@deploy/install.sh stack
	@exec $(PYTHON_) -m atelier.stacks.embedded

stack: ## Run the server stack here: RabbitMQ, PostgreSQL, S3, gunicorn, scheduler, workers, Flower
	@deploy/install.sh stack rabbitmq
	@exec $(PYTHON_) -m atelier.stacks.server

test: ## Install what the tests need, start private servers, run every test, stop them
	@deploy/install.sh test rabbitmq pgbouncer
	@$(PYTHON_) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

prove: ## Run the long proofs that `make test` leaves out
	@deploy/install.sh test rabbitmq pgbouncer
	@$(PYTHON_) -m pytest -m prove --timeout 1800

check: ## Format, lint, types, import contracts, dead code, migrations
	@deploy/install.sh test
	@deploy/check.sh

lock: ## Write requirements/locked (versions and hashes) anew from requirements/*.txt; LOCK=--upgrade for the newest
	@deploy/install.sh test
	@deploy/lock.sh $(LOCK)

bench: ## Measure speed and memory; writes bench/results.json
	@deploy/install.sh test rabbitmq
	@$(PYTHON_) -m bench

clean: ## Remove the stacks' state (.atelier, its pictures too) and caches; out/ and .venv stay
	@deploy/clean.sh
