export CGO_ENABLED = 0

# The first Python that has NumPy; plain python3 when none has, so that the oracle says what to install.
PYTHON ?= $(firstword $(shell for p in python3 /usr/bin/python3; do $$p -c 'import numpy' 2>/dev/null && echo $$p; done) python3)

BENCH ?= .
COUNT ?= 6

.DEFAULT_GOAL := help
.PHONY: help build test faults exhaustive oracle bench lint golden ci

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

build: ## compile everything; the command lands in bin/repro
	go build ./...
	go build -o bin/repro ./cmd/repro

test: ## all tests
	go test ./...

faults: ## that faults put in on purpose are found, in a build that has them
	go test -tags faults -run Fault ./kernel ./numpyrand ./harness ./cmd/repro

exhaustive: ## prove the float32 activations for all 2^32 inputs (takes long)
	go test ./kernel -run Exhaustive -exhaustive -timeout 0 -v

oracle: ## train with NumPy and compare; ARGS='-S seed=7' passes settings
	$(PYTHON) golden/oracle/notebook.py $(ARGS)
	$(PYTHON) golden/oracle/descent.py digits-batch mnist
	$(PYTHON) golden/oracle/sweep.py 0..99

bench: ## benchmarks of kernels and training, a column for each kernel; BENCH=Sigmoid chooses
	mkdir -p bin
	go test -run '^$$' -bench '$(BENCH)' -count $(COUNT) ./kernel ./mlp ./numpyrand ./harness | tee bin/bench.txt
	go run golang.org/x/perf/cmd/benchstat@latest -col /impl bin/bench.txt

lint: ## gofmt, and go vet for each architecture and tag
	.ci/run lint

golden: ## how a golden trace is recorded
	@echo 'A golden trace is recorded by hand, after a change of the arithmetic that is meant:'
	@echo
	@echo "    go run ./cmd/repro record notebook --reason 'what was changed'"
	@echo
	@echo 'It shows what changes and keeps the reason in golden/notebook.trace.history. It refuses when CI is set, and'
	@echo 'unless two kernels agree; where there is but one kernel, --single-kernel says so openly. Read the diff before'
	@echo 'you commit it.'

ci: ## all that continuous integration runs
	.ci/run
