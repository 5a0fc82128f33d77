#!/usr/bin/env bash
# Runs every fuzz target for a number of seconds each, 600 unless said:
#
#   fuzz/run.sh 3600
#
# An input that makes a target panic stays in fuzz/corpus; commit it with the
# mend, and `cargo test` tries it from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
export CROSSTOWN_FUZZ_SECONDS="${1:-600}"

cargo test --release -p crosstown-runtime --all-features --lib fuzz -- --nocapture
cargo test --release -p crosstown-runtime --all-features --test executor fuzz -- --nocapture
cargo test --release -p crosstown-macros --lib fuzz -- --nocapture
