# `make demo` shows askback at work on real mail servers, `make test` runs every test. Both install what they need
# first (Debian 12: packages by apt-get, the Rust toolchain by rustup), say so, and are quick when it is all there.

SHELL := /bin/bash
export PATH := $(HOME)/.cargo/bin:$(PATH)
CARGO ?= cargo
KEEP ?=
CARGO_DENY := 0.20.2

.DEFAULT_GOAL := help
ROUNDS ?= 500
.PHONY: help demo test torture check deny bench eval reports weights fuzz fmt toolchain deps bench-deps

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: deps toolchain ## Run the main job on real servers and check every letter; KEEP=1 leaves it running
	$(CARGO) build --bin askback --example demo
	@$(CARGO) run --quiet --example demo -- $(if $(filter-out 0 no,$(KEEP)),--keep)

test: deps toolchain ## Run all tests: unit, property, fixture, and live ones against Dovecot and Postfix
	$(CARGO) test
	$(CARGO) test --test live

torture: deps toolchain ## Kill it at all points and in ROUNDS=500 rounds, fill and break its disk, flood it; compare, print the counts
	ASKBACK_TORTURE=$(ROUNDS) $(CARGO) test --test live -- torture:: disk:: full:: broken:: flood:: --nocapture
	ASKBACK_TORTURE=$(ROUNDS) $(CARGO) test --lib -- store::tests::backup store::tests::upgrade --nocapture
	$(CARGO) test --release --test bombs -- --nocapture
	ASKBACK_TORTURE=$(ROUNDS) $(CARGO) test --release --test live -- bombs:: agents::a_large --nocapture

check: toolchain deny ## Formatting, lints, documentation and dependencies, warnings as errors
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) clippy --test live -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --no-deps --quiet

deny: toolchain ## Hold licences, sources and forbidden crates of all dependencies against deny.toml
	@command -v cargo-deny > /dev/null || { \
		echo "installing cargo-deny $(CARGO_DENY); this takes some minutes" >&2; \
		CARGO_PROFILE_RELEASE_LTO=off $(CARGO) install --quiet --locked cargo-deny@$(CARGO_DENY); }
	$(CARGO) deny --log-level warn check --hide-inclusion-graph bans licenses sources

bench: deps bench-deps toolchain ## Speed and memory beside mbsync and beside a bare reader
	$(CARGO) bench --bench request
	$(CARGO) bench --bench intake

weights: toolchain ## Learn weights, trees and network from the labelled conversations, and say how they do on unseen ones
	$(CARGO) run --quiet --release --example weigh

reports: toolchain ## Find the reports without steps in FILE=reports.jsonl: lines of title, body and steps (true, false)
	$(CARGO) run --quiet --release --example reports -- $(FILE)

eval: toolchain ## Score the request detector on labelled conversations, with every disagreement
	$(CARGO) test --test eval -- --nocapture

FUZZ_TARGETS := mail own_text request decision reply config

# It begins with fuzz/seeds, which `cargo test` runs too, and keeps what it finds in fuzz/corpus, which git does not have.
fuzz: toolchain ## Fuzz what parses, a minute each: TARGET=mail|own_text|… for one, SECONDS=600 for longer
	@command -v cargo-fuzz > /dev/null || $(CARGO) install --quiet cargo-fuzz
	@for target in $(or $(TARGET),$(FUZZ_TARGETS)); do \
		echo "fuzzing $$target for $(or $(SECONDS),60) s"; \
		mkdir -p fuzz/corpus/$$target; \
		RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
			-max_total_time=$(or $(SECONDS),60) -max_len=20000 -timeout=10 -rss_limit_mb=1024 -verbosity=0 || exit 1; \
	done

fmt: toolchain ## Format the code
	$(CARGO) fmt

toolchain: ## Install the Rust toolchain of rust-toolchain.toml if it is not there
	@tests/servers/setup.sh toolchain

deps: ## Install the Debian packages that tests and demo need
	@tests/servers/setup.sh packages gcc libc6-dev openssl dovecot-imapd dovecot-lmtpd postfix \
		libuid-wrapper libnss-wrapper systemd

bench-deps:
	@tests/servers/setup.sh packages isync
