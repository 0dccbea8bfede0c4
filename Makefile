# make run    start MusicGen Local (ARGS="--port 9000" passes arguments on)
# make test   the whole suite (ARGS="tests/web" for a part of it)
# make lint   ruff and mypy
# make gallery  a song of every style with its pictures, in artefacts/gallery
# MODEL=1 installs PyTorch and the other parts of DiffRhythm, MODEL=0 never does.

PYTHON ?= python3
ARGS ?=

export MODEL

.PHONY: run test lint gallery
.SILENT:

run:
	$(PYTHON) scripts/prepare.py run
	exec .venv/bin/python -m musicgen_web serve $(ARGS)

test:
	$(PYTHON) scripts/prepare.py test
	PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint:
	$(PYTHON) scripts/prepare.py lint
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

gallery:
	$(PYTHON) scripts/prepare.py gallery
	.venv/bin/python -m bench.gallery $(ARGS)
