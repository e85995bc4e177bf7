package io.meshlog.cli.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One point of a series.
 *
 * @param amount of what grows along the series
 * @param figures what was measured, by {@link Figure}, in the order they are shown
 * @param parts what each part used meanwhile, by its name
 */
record Point(int amount, Map<Figure, Double> figures, Map<String, LocalParts.Usage> parts) {
    Point {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    double figure(Figure figure) {
        return figures.getOrDefault(figure, Double.NaN);
    }

    /** What can be measured; the name is for tables and JSON, with its unit. */
    enum Figure {
        PUBLISHED("published/s"),
        DELIVERED("delivered/s"),
        P50("p50 ms"),
        P99("p99 ms"),
        MAX("max ms"),
        MIB("MiB"),
        MIB_PER_SECOND("MiB/s"),
        CHANGES_PER_MESSAGE("changes/message"),
        SECONDS("seconds"),
        DELIVERIES("deliveries"),
        RESYNCS("resyncs"),
        CPU_PER_DELIVERY("replica us/delivery"),
        REPLICA_PEAK("replica peak MiB");

        private final String text;

        Figure(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
