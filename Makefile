# PYTHON=python3.12 chooses the interpreter; without it ci/setup keeps the one of .venv, or takes the first of 3.11 to 3.13.
.PHONY: demo test bench setup clean

demo: setup
	.venv/bin/hil run rigs/cstr

test:
	PYTHON='$(PYTHON)' ci/setup --tests
	ci/check

bench: setup
	ci/bench $(NAME)

setup:
	@PYTHON='$(PYTHON)' ci/setup

clean:
	rm -rf .venv .cache
