# `make demo` shows it, `make test` checks it. Every target installs what it lacks (as root on Debian) or names it.

.DEFAULT_GOAL := help
.PHONY: help demo console test e2e bench-console kills replicas check bench audit soak fuzz clean tools

# How many cases each property of the access engine is tried with.
SOAK_CASES ?= 100000
# How long each fuzz target runs.
FUZZ_SECONDS ?= 60

help:
	@echo "make demo    build Portcullis and start it with a small world to look around in"
	@echo "make console build the console alone"
	@echo "make test    format, lints and all tests, on SQLite and PostgreSQL"
	@echo "make e2e     the browser tests alone"
	@echo "make kills   kill the server under load, 50 times on each database, and look whether anything is lost"
	@echo "make replicas  two servers on one PostgreSQL: how soon what one takes away is gone on the other"
	@echo "make bench   benchmarks, and their figures as a table"
	@echo "make bench-console  the console's first view, and a tree of a million nodes in the browser; some minutes"
	@echo "make audit   licences and advisories of the dependencies"
	@echo "make soak    the properties of the access engine, with SOAK_CASES=$(SOAK_CASES) cases each"
	@echo "make fuzz    patterns, conditions, AuthZEN bodies and world files against random input, FUZZ_SECONDS=$(FUZZ_SECONDS) each"
	@echo "make clean   remove what was built"

demo: tools
	build/console.sh --optional
	cargo run --release --locked --bin portcullis -- demo

# Needs Node; `cargo build` alone does not, and makes a server that says how to build the console.
console:
	build/console.sh

# The tests share one PostgreSQL, that with-postgres starts for them and removes again.
test: check
	build/require.sh postgresql initdb pg_ctl postgres
	build/require.sh chromium chromium
	build/require.sh python3 python3
	build/require.sh python3-aiosmtpd aiosmtpd
	build/require.sh oathtool oathtool
	build/require.sh faketime faketime
	build/require.sh nginx-light nginx
	build/require.sh caddy caddy
	build/envoy.sh
	cargo test --locked --workspace --no-run
	"$${CARGO_TARGET_DIR:-target}/debug/with-postgres" cargo test --locked --workspace --no-fail-fast
	tests/kill.py --rounds 3 --binary "$${CARGO_TARGET_DIR:-target}/debug/portcullis"
	$(MAKE) e2e TESTS="e2e/home e2e/odd_text"

# The console and the sign-in pages in a real browser; pictures are left in console/results. TESTS="people tree" runs those
# of these names alone; `make test` opens every page, and fills every field of it.
e2e: tools console
	build/require.sh postgresql initdb pg_ctl postgres
	build/require.sh chromium chromium
	build/require.sh python3-aiosmtpd aiosmtpd
	build/require.sh faketime faketime
	npm --prefix console run --silent lint
	cargo build --locked -p portcullis -p portcullis-testkit --bins
	"$${CARGO_TARGET_DIR:-target}/debug/with-postgres" npm --prefix console run --silent e2e -- $(TESTS)

kills: tools
	build/require.sh postgresql initdb pg_ctl postgres
	build/require.sh python3 python3
	cargo build --locked -p portcullis-testkit --bin with-postgres
	cargo build --release --locked --bin portcullis
	tests/kill.py --binary "$${CARGO_TARGET_DIR:-target}/release/portcullis"

replicas: tools
	build/require.sh postgresql initdb pg_ctl postgres
	build/require.sh python3 python3
	cargo build --locked -p portcullis-testkit --bin with-postgres
	cargo build --release --locked --bin portcullis
	tests/replicas.py --binary "$${CARGO_TARGET_DIR:-target}/release/portcullis"

check: tools
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo fmt --manifest-path bench/Cargo.toml --check
	cargo clippy --locked --manifest-path bench/Cargo.toml --all-targets -- -D warnings

bench: tools
	build/require.sh wrk wrk
	build/require.sh postgresql initdb pg_ctl postgres
	cargo bench --locked --manifest-path bench/Cargo.toml --bench compare
	cargo bench --locked --manifest-path bench/Cargo.toml --bench questions
	cargo bench --locked -p portcullis-policy --bench what_if
	cargo bench --locked -p portcullis-access --bench filter
	cargo bench --locked -p portcullis-realms --bench load
	cargo bench --locked -p portcullis --bench server

bench-console: tools console
	build/require.sh postgresql initdb pg_ctl postgres
	build/require.sh chromium chromium
	cargo build --locked -p portcullis-testkit --bin with-postgres
	cargo build --release --locked --bin portcullis
	PORTCULLIS_BINARY="$$(realpath "$${CARGO_TARGET_DIR:-target}")/release/portcullis" "$${CARGO_TARGET_DIR:-target}/debug/with-postgres" npm --prefix console run --silent bench -- --project=sqlite

audit: tools
	build/audit.sh

soak: tools
	PROPTEST_CASES=$(SOAK_CASES) PORTCULLIS_WORLDS=$(SOAK_CASES) \
	  cargo test --release --locked -p portcullis-policy
	build/require.sh postgresql initdb pg_ctl postgres
	PORTCULLIS_WORLDS=$(SOAK_CASES) PORTCULLIS_CONDITIONS=$(SOAK_CASES) \
	  cargo test --release --locked -p portcullis-access --test filter

fuzz: tools
	FUZZ_SECONDS=$(FUZZ_SECONDS) build/fuzz.sh

clean:
	cargo clean
	rm -rf bench/target fuzz/target console/built/pages console/results console/node_modules

tools:
	@build/require.sh build-essential gcc make
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.95 or newer, see https://rustup.rs" >&2; exit 1; }
