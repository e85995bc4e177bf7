#!/usr/bin/env bash
# Measures a fleet of real processes over one broker and over three, a quarter of an hour on two quiet cores; writes
# baseline.json and baseline.md. Arguments go to io.meshlog.bench.baseline.Baseline, for example: seconds=5 brokers=1
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
java="$(sh .mvn/find-jdk.sh)/bin/java"
./mvnw -B -ntp -q -Dquick -pl benchmarks,cli -am package -Dmaven.test.skip=true
gson=$(find ~/.m2/repository/com/google/code/gson/gson -name 'gson-*.jar' | sort | tail -1)
hdr=$(find ~/.m2/repository/org/hdrhistogram -name 'HdrHistogram-*.jar' | sort | tail -1)
exec "$java" -Xmx1g -Dlogback.configurationFile=logback-benchmarks.xml --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "benchmarks/target/classes-quick:cli/target/meshlog.jar:broker/target/meshlog-broker.jar:$gson:$hdr" \
    io.meshlog.bench.baseline.Baseline meshlogJar=cli/target/meshlog.jar "$@"
