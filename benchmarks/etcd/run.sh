#!/bin/sh
# Starts a fleet and a second replica with a server's JVM settings, measures that replica beside a real etcd, and stops
# everything. Arguments go to the comparison, e.g. -only snapshot -keys 20000 -json result.json.
set -eu

home=$(cd "$(dirname "$0")/../.." && pwd -P)
base=${PORT_BASE:-27400}
folder=$(mktemp -d)
stop() {
    [ -z "${replica:-}" ] || kill "$replica" 2>/dev/null || true
    [ -z "${up:-}" ] || kill "$up" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# waits for a file to say something: file, words, process that is to say it
await() {
    tries=0
    until grep -q "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        if [ $tries -gt 240 ] || ! kill -0 "$3" 2>/dev/null; then
            cat "$1" >&2
            echo "run.sh: waited for \"$2\" in vain" >&2
            exit 1
        fi
        sleep 0.5
    done
}

(cd "$home/benchmarks/etcd" && go build -o "$folder/compare" .)
"$home/meshlog" up --no-examples --data "$folder/up" --port-base "$base" >"$folder/up.log" 2>&1 &
up=$!
await "$folder/up.log" "Ready after" $up
"$home/meshlog" admin admit bench --id 201 --pod-cidr 10.201.0.0/16 --node-cidr 172.16.201.0/24 --data "$folder/up"
sed -e "s#^dataDir: .*#dataDir: '$folder/replica'#" -e 's/mesh-api-0/mesh-api-1/' \
    -e "s/:$base\$/:$((base + 20))/; s/:$((base + 1))\$/:$((base + 21))/; s/:$((base + 8))\$/:$((base + 22))/" \
    "$folder/up/config/mesh-api.yaml" >"$folder/replica.yaml"
MESHLOG_JAVA_OPTS="-Xmx512m -XX:+UseParallelGC" \
    "$home/meshlog" mesh-api --config "$folder/replica.yaml" >"$folder/replica.log" 2>&1 &
replica=$!
await "$folder/replica.log" "commands go out" $replica

pids=replica=$replica
for part in mesh-api projector broker; do
    pids=$pids,$part=$(awk -v part=$part '$1 == part { print $2 }' "$folder/up/processes")
done
"$folder/compare" -meshlog "127.0.0.1:$((base + 22))" -pids "$pids" "$@"
