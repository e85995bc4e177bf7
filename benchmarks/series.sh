#!/bin/sh
# Starts a fleet with nothing in it, measures each series of `meshlog bench` against it, and writes figures, curves and
# docs/plots/README.md. About ten minutes; nothing else should run meanwhile. SECONDS_EACH=4 makes it a rehearsal, a first
# argument another folder.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd -P)
plots=${1:-$home/docs/plots}
seconds=${SECONDS_EACH:-10}
base=${PORT_BASE:-27300}
. "$home/benchmarks/fleet.sh"
start_fleet "$base" 600

mkdir -p "$plots"
cat >"$folder/README.md" <<'HEAD'
# Curves

Made by [`benchmarks/series.sh`](../../benchmarks/series.sh) against `meshlog up --no-examples`: one embedded broker, the small heaps of `up`, publishers, watches and fleet on one machine. Each point does twice the work of the one before. CPU and memory are of each process while its point was measured; `bench` is the measuring process itself. Every curve's figures are in the JSON file of its series, with the scenario.

HEAD
measure() {
    "$home/meshlog" bench "$@" --data "$folder/up" --save "$plots" -o markdown >>"$folder/README.md"
}
measure --series churn --clusters 8 --endpoints 1000 --rate 8000 --points 7 --duration "${seconds}s"
measure --series clusters --clusters 128 --endpoints 100 --identities 20 --rate 1280 --points 8 --duration "${seconds}s"
measure --series watches --clusters 8 --endpoints 100 --rate 200 --watches 2048 --points 8 --duration "${seconds}s"
measure --series snapshot --clusters 8 --endpoints 1000 --watches 128 --points 8
measure --series resume --clusters 8 --endpoints 8000 --watches 10 --missed 128000 --points 8
measure --series storm --clusters 8 --endpoints 2000 --watches 2048 --missed 10000 --points 8
mv "$folder/README.md" "$plots/README.md"
echo "written: $plots"
