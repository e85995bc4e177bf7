#!/bin/sh
# Starts a fleet, measures a large cluster's publisher in it, and stops everything. Arguments go to the benchmark:
# ENDPOINTS NODES RATE SECONDS, of which all have defaults. PUBLISHER_JAVA_OPTS are the publisher's JVM's.
set -eu

home=$(cd "$(dirname "$0")/../.." && pwd -P)
base=${PORT_BASE:-27500}
hdr=${HDR:-$HOME/.m2/repository/org/hdrhistogram/HdrHistogram/2.2.2/HdrHistogram-2.2.2.jar}
. "$home/benchmarks/fleet.sh"
start_fleet "$base" 240
# on a busy machine the fleet may be founded a moment later
until "$home/meshlog" admin admit bench --id 201 --data "$folder/up"; do
    tries=$((tries + 1))
    [ $tries -le 240 ] || exit 1
    sleep 0.5
done
# the same settings as deploy/publisher
export PUBLISHER_JAVA_OPTS="${PUBLISHER_JAVA_OPTS:-$(sed -n '/name: MESHLOG_JAVA_OPTS/{n;s/.*value: "\(.*\)".*/\1/p;}' "$home/deploy/publisher/deployment.yaml")}"
"$(sh "$home/.mvn/find-jdk.sh" jre)/bin/java" -Xmx256m -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.meshlog.schemas.avro \
    -cp "$home/benchmarks/target/${CLASSES:-classes-quick}:$home/cli/target/meshlog.jar:$hdr" \
    io.meshlog.bench.kubernetes.KubernetesBench "127.0.0.1:$base" bench 201 "$@"
