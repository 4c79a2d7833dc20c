# What people and CI run; both run the same. `make` alone lists it.

CARGO ?= cargo
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help prepare prepare-tests run build test examples lint bench fuzz coverage mutants

# Benches are found, not listed: one file in a crate's benches/ is one table.
BENCHES := $(wildcard */benches/*.rs)

# Examples that need neither a token nor a network.
EXAMPLES := embed_the_core your_own_store your_own_messenger prove_your_policy prove_your_store

help:
	@echo "make run       try the desk in the terminal, without a token or a network"
	@echo "make test      run all tests: unit, integration, documentation, examples"
	@echo "make examples  show the examples that need no token"
	@echo "make lint      check formatting, lints, documentation and the rules of the tree"
	@echo "make bench     measure; BENCHMARKS.md explains the figures"
	@echo "make fuzz      look for bytes that break a promise; also make fuzz-TARGET FUZZ_SECONDS=3600"
	@echo "make coverage  measure which lines of incident-core its tests reach; fails below $(COVERAGE) %"
	@echo "make mutants   change the code in many small ways and list the changes that no test notices"
	@echo "make build     build target/release/incident-desk"

prepare:
	@scripts/prepare

prepare-tests:
	@scripts/prepare tests

run: prepare
	@$(CARGO) build --locked -p incident-desk
	@$(CARGO) run -q --locked -p incident-desk -- sandbox

build: prepare
	$(CARGO) build --locked --release -p incident-desk

test: prepare-tests
	$(CARGO) test --workspace --locked
	scripts/check-sandbox
	scripts/check-features

examples: prepare
	@for example in $(EXAMPLES); do \
	  echo "== example $$example"; \
	  $(CARGO) run -q --locked -p examples --example $$example; \
	done

lint: prepare
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked
	scripts/check-tree
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
	  echo "$(CARGO) deny check licenses bans sources"; \
	  $(CARGO) deny --locked check licenses bans sources; \
	else \
	  echo "cargo-deny is not installed; scripts/check-tree has checked the banned packages, not the licences"; \
	fi

bench: prepare
	@for bench in $(BENCHES); do \
	  crate=$${bench%%/*}; name=$$(basename $$bench .rs); \
	  echo "== $$crate: $$name"; \
	  $(CARGO) bench -q --locked -p $$crate --bench $$name; \
	done

# TESTING.md explains the rest. These need a tool each, and say which; nothing above does.
need = $(CARGO) $(1) --version >/dev/null 2>&1 || { echo "Please install cargo-$(1): cargo install --locked cargo-$(1)" >&2; exit 1; }

FUZZ_SECONDS ?= 60
FUZZ_TARGETS := $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))
# Inputs that other tests keep for themselves, and every target's own.
fuzz-stored: INPUTS := incident-core/tests/stored_events
fuzz-update: INPUTS := adapter-telegram/tests/updates
# What the search finds worth keeping goes to target/fuzz; what breaks a promise, to fuzz/artifacts. Without a
# sanitizer the pinned compiler will do: there is no unsafe code of ours to watch. Fat LTO would take minutes.
fuzz: $(addprefix fuzz-,$(FUZZ_TARGETS))

fuzz-%: export CARGO_PROFILE_RELEASE_LTO := off
fuzz-%: export CARGO_PROFILE_RELEASE_STRIP := none
fuzz-%: prepare
	@$(call need,fuzz)
	@mkdir -p target/fuzz/$*
	$(CARGO) fuzz run --sanitizer none --debug-assertions --codegen-units 16 --features libfuzzer $* \
	  target/fuzz/$* fuzz/corpus/$* $(INPUTS) -- -max_total_time=$(FUZZ_SECONDS) -timeout=20

# The least that is enough, in percent of the lines of incident-core, the test kit included.
COVERAGE := 95

coverage: prepare
	@$(call need,llvm-cov)
	@rustup component add llvm-tools 2>/dev/null || echo "No rustup: LLVM_COV and LLVM_PROFDATA must name tools as new as the compiler's" >&2
	$(CARGO) llvm-cov --locked -p incident-core --show-missing-lines --fail-under-lines $(COVERAGE)

# Hours; MUTANTS narrows it, as in MUTANTS="--file '**/wake.rs'" or MUTANTS="--shard 3/20". The result is in
# mutants.out; .cargo/mutants.toml says what is changed.
mutants: prepare
	@$(call need,mutants)
	$(CARGO) mutants $(MUTANTS)
