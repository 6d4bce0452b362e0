# What one does with this repository; `make help` lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# What `make dev` hands to the program: make dev ARGS="--machines 10000 --port 9000".
ARGS ?=
CHROMIUM ?= $(or $(shell command -v chromium || command -v chromium-browser || command -v google-chrome),/usr/bin/chromium)
export CHROMIUM

DENY_VERSION := 0.20.2
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/tests -prune -o -type f ! -name '*.md' -print)

.PHONY: help
help: ## lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: dev
dev: ## the whole system on this machine, with made-up vendors (ARGS="--machines N --port P")
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web; else echo "npm is not here: the web pages will be missing"; fi
	cargo run --locked -- dev $(ARGS)

.PHONY: web
web: web/dist/graphiql.html ## the web pages, when their sources have changed

web/dist/graphiql.html: web/node_modules/.package-lock.json $(WEB_SOURCES) schema.graphql
	npm --prefix web run build
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json %/package.json
	npm --prefix $* ci
	@touch $@

.PHONY: test
test: ## everything that can fail, from nothing but the toolchains
test: lint-format test-web test-deploy test-rust test-whole
	@echo "everything passed"

.PHONY: lint
lint: lint-format ## format and lints, without a warning
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --manifest-path bench/Cargo.toml --target-dir target/bench -- -D warnings
	cargo check --manifest-path fuzz/Cargo.toml --target-dir target/fuzz

.PHONY: lint-format
lint-format:
	cargo fmt --all --check
	cargo fmt --manifest-path bench/Cargo.toml --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check

.PHONY: test-web
test-web: web
	npm --prefix web test

# What containers are made and watched by; and, where they are here, what HAProxy and Prometheus say of their files.
.PHONY: test-deploy
test-deploy: tests/deploy/node_modules/.package-lock.json
	npm --prefix tests/deploy run --silent check
	@if command -v promtool >/dev/null; then promtool check config deploy/prometheus.yml; promtool test rules tests/deploy/alerts.promtool.yml; fi
	@if command -v haproxy >/dev/null; then haproxy -c -q -f deploy/haproxy.cfg; fi

# Tests are built by Clippy's compiler, which is rustc with its lints: what is tested is linted on the way, and nothing is
# compiled a second time for it.
test test-rust test-whole: export RUSTC_WORKSPACE_WRAPPER := clippy-driver
test test-rust test-whole: export CLIPPY_ARGS := -Dwarnings__CLIPPY_HACKERY__

# The pages are put into the program when it is built, so `web` comes first; tests run the specification's audit and
# the clients that people use. The store is tested on both databases.
.PHONY: test-rust
test-rust: web postgres tests/audit/node_modules/.package-lock.json tests/clients/node_modules/.package-lock.json
	@if command -v cargo-nextest >/dev/null; \
	then echo "cargo nextest run --locked"; tests/with-postgres.sh cargo nextest run --locked --no-fail-fast; \
	else echo "cargo test --locked"; tests/with-postgres.sh cargo test --locked --lib --bins --tests --no-fail-fast; fi

# The server's programs. Also where TEST_POSTGRES_URL says that a server runs already: a test starts one of its own again and
# again.
.PHONY: postgres
postgres:
	@if [ -z "$(POSTGRES_BIN)" ] && ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "the store's tests need PostgreSQL: install it, or set POSTGRES_BIN to the folder of its programs" >&2; exit 1; fi; \
	  apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql; fi

# Against the program itself, as the tests have built it (a build by itself would take other features of what we depend on, and
# build that again): the specification's audit, the clients that people use, and the pages in a browser. The
# dashboard's tests run a gateway and vendors of their own beside this one.
.PHONY: test-whole
test-whole: web chromium postgres $(foreach tests,audit clients deploy,tests/$(tests)/node_modules/.package-lock.json)
	cargo test --locked --no-run --test cli
	node tests/with-gateway.mjs npm --prefix tests/audit run --silent audit
	VENDGRAPH__DOCUMENTS__MANIFEST=tests/clients/manifest.json \
	  node tests/with-gateway.mjs npm --prefix tests/clients run --silent follow
	node tests/with-gateway.mjs npm --prefix web run --silent test:browser
	@if command -v haproxy >/dev/null; then echo "two gateways behind HAProxy"; tests/with-postgres.sh node tests/deploy/proxy.mjs; \
	else echo "HAProxy is not here: two gateways behind it are not tried"; fi

.PHONY: chromium
chromium:
	@if [ ! -x "$(CHROMIUM)" ]; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "the browser tests need Chromium: install it, or set CHROMIUM to its path" >&2; exit 1; fi; \
	  apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; fi

.PHONY: schema
schema: ## writes schema.graphql as the program prints it
	cargo run -q --locked -- schema > schema.graphql.tmp && mv schema.graphql.tmp schema.graphql

# What many clients ask with when rates are measured.
.PHONY: wrk
wrk:
	@if ! command -v wrk >/dev/null; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "the measurements need wrk: install it" >&2; exit 1; fi; \
	  apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends wrk; fi

.PHONY: bench
bench: web wrk ## what we say about speed, measured here (ARGS="ingest fanout" for some of it)
	cargo build --release --locked
	cargo build --release --locked --manifest-path bench/Cargo.toml --target-dir target/bench
	cargo run --release --locked --manifest-path bench/Cargo.toml --target-dir target/bench -- $(ARGS)

.PHONY: bench-pieces
bench-pieces: web ## what signatures, ids, documents and the like cost, one by one (ARGS="document" for some)
	cargo bench --locked --bench pieces -- $(ARGS)

.PHONY: bench-web
bench-web: web chromium ## what the pages cost in a browser (MACHINES=1000 RATES=0,50 SECONDS=15)
	cargo build --release --locked
	VENDGRAPH_BIN=target/release/vendgraph node web/tests/pages.bench.mjs

# Not part of `test`: the whole program is built anew, with counters at every branch.
SECONDS ?= 60
.PHONY: fuzz
fuzz: ## throws odd bytes at everything that reads bytes, a minute each (SECONDS=60 TARGETS="ids tokens" for some)
	fuzz/run.sh $(SECONDS) $(TARGETS)

# Not part of `test`: building cargo-deny takes over five minutes on two cores, a third of what `test` may take.
.PHONY: deny
deny: ## licences, bans and sources of what we depend on (installs cargo-deny)
	@command -v cargo-deny >/dev/null || cargo install cargo-deny --locked --version $(DENY_VERSION)
	cargo deny --locked check licenses bans sources

.PHONY: clean
clean: ## removes what was built and installed here
	cargo clean
	rm -rf web/dist web/node_modules web/coverage web/src/generated tests/audit/node_modules tests/clients/node_modules tests/deploy/node_modules schema.graphql.tmp
