package io.meshlog.cli.bench;

import io.meshlog.cli.bench.Point.Figure;
import java.util.List;
import java.util.Locale;

/** What can grow while the rest stays. */
enum Series {
    /** Nothing grows: the scenario as it is. */
    ONCE("changes/s", "The scenario as it is"),
    CHURN("changes/s", "Publish to watch by changes a second"),
    CLUSTERS("clusters", "Publish to watch by clusters, each changing as much"),
    WATCHES("watches", "Fan-out by watches"),
    SNAPSHOT("watches", "All watches begin at once, each with everything"),
    RESUME("changes missed", "Resume by changes missed"),
    STORM("watches", "All watches connect again at once");

    private final String amount;
    private final String title;

    Series(String amount, String title) {
        this.amount = amount;
        this.title = title;
    }

    /** What grows. */
    String amount() {
        return amount;
    }

    String title() {
        return title;
    }

    /** The figures that are drawn, those of one plot together. */
    List<List<Figure>> plots() {
        return switch (this) {
            case ONCE -> List.of();
            case CHURN, CLUSTERS -> List.of(List.of(Figure.P50, Figure.P99), List.of(Figure.PUBLISHED));
            case WATCHES ->
                List.of(List.of(Figure.DELIVERED), List.of(Figure.CPU_PER_DELIVERY), List.of(Figure.P50, Figure.P99));
            case SNAPSHOT -> List.of(List.of(Figure.SECONDS), List.of(Figure.DELIVERED));
            case RESUME -> List.of(List.of(Figure.SECONDS), List.of(Figure.MIB));
            case STORM -> List.of(List.of(Figure.SECONDS), List.of(Figure.REPLICA_PEAK));
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
