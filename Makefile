# Hepatica: what people type. Each target is a short script in scripts/.

.PHONY: help setup run test lint catalogues requirements clean

help:
	@echo 'make run              set up, load the demo study and serve it on http://127.0.0.1:8000 (PORT=8001 for another port)'
	@echo 'make test             set up, check and test everything, on SQLite, PostgreSQL and Chromium'
	@echo 'make lint             only the checks that run no test'
	@echo 'make bench-phone      what the first questionnaire page weighs, and how soon it paints on slow 3G'
	@echo 'make bench-surveys    how many whole surveys a second the server takes'
	@echo 'make bench-faults     surveys on phones whose network, clock, browser and server fail: what is lost or doubled'
	@echo 'make bench-reminders  how many reminders a second leave by eight workers that are killed at random: none twice, none forgotten'
	@echo 'make bench-dashboard  how fast lists and the start of the day are among 100,000 participants'
	@echo 'make bench-survival   how long curves and test of 1,000,000 participants in the database take, beside R with the same rows in memory'
	@echo 'make bench-report     how long the full report takes and how much memory: the demo study, and 10,000 participants with 12 visits'
	@echo 'make bench-coverage   how often 95 % intervals hold the truth in 2,000 simulated trials of each kind'
	@echo 'make catalogues       collect the messages of the interface again and update every language with them (NEW=sv begins another one)'
	@echo 'make requirements     resolve and pin the dependencies again (UPGRADE=--upgrade for newer ones)'
	@echo 'make clean            remove everything that was made, but for instance/ with its data'

setup:
	@scripts/setup

run:
	@scripts/run

test:
	@scripts/test

lint:
	@scripts/lint

bench-%:
	@scripts/bench $*

catalogues:
	@scripts/catalogues $(NEW)

requirements:
	@scripts/requirements $(UPGRADE)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis out
	find app analysis bench migrations tests -name __pycache__ -prune -exec rm -rf {} +
	rm -f translations/*/LC_MESSAGES/*.mo
