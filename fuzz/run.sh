#!/usr/bin/env bash
# Runs every fuzz target for a number of seconds each, 600 unless said:
#
#   fuzz/run.sh 3600
#
# An input that makes a target panic stays in fuzz/corpus; commit it with the
# mend, and `cargo test` tries it from then on. So do inputs that reach a kind
# of answer that none in the corpus does.
set -euo pipefail
cd "$(dirname "$0")/.."
export CROSSTOWN_FUZZ_SECONDS="${1:-600}"
export CROSSTOWN_FUZZ_KEEP=1

cargo test --release -p crosstown-runtime --all-features --lib fuzz -- --nocapture
cargo test --release -p crosstown-runtime --all-features --test executor fuzz -- --nocapture
cargo test --release -p crosstown-macros --lib fuzz -- --nocapture
