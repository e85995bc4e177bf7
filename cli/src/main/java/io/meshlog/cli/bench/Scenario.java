package io.meshlog.cli.bench;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.events.model.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of everything there is.
 *
 * @param clusters how many clusters publish
 * @param shape what each of them has
 * @param churn how it changes
 * @param watches how many watches there are
 * @param missed how many changes a watch misses before it resumes
 * @param points how many points a series has, each with twice the work of the one before
 * @param seed what is drawn by chance is drawn from
 */
record Scenario(int clusters, Shape shape, Churn churn, int watches, int missed, int points, long seed) {
    private static final int MOST_CLUSTERS = 511;
    private static final int MOST_OF_A_KIND = 30_000;
    private static final int MOST_WATCHES = 20_000;
    private static final int MOST_RATE = 1_000_000;
    private static final int MOST_MISSED = 10_000_000;
    private static final int MOST_POINTS = 16;

    Scenario {
        within("--clusters", clusters, 1, MOST_CLUSTERS);
        within("--watches", watches, 1, MOST_WATCHES);
        within("--missed", missed, 1, MOST_MISSED);
        within("--points", points, 1, MOST_POINTS);
    }

    /** What one cluster has of each kind. Every endpoint is on one of its nodes and has one of its identities. */
    record Shape(int nodes, int identities, int endpoints, int services) {
        Shape {
            within("--nodes", nodes, 1, MOST_OF_A_KIND);
            within("--identities", identities, 1, MOST_OF_A_KIND);
            within("--endpoints", endpoints, 1, MOST_OF_A_KIND);
            within("--services", services, 1, MOST_OF_A_KIND);
        }

        int resources() {
            return nodes + identities + endpoints + services;
        }
    }

    /**
     * How the clusters change.
     *
     * @param rate changes a second, of all clusters together
     * @param weights how many changes are of each kind, as parts of their sum
     * @param duration how long each point is measured
     */
    record Churn(int rate, Map<Kind, Integer> weights, Duration duration) {
        Churn {
            within("--rate", rate, 1, MOST_RATE);
            within("the seconds of --duration", duration.toSeconds(), 1, 3_600);
            weights = Map.copyOf(weights);
        }

        int changes() {
            return Math.toIntExact(Math.min((long) rate * duration.toSeconds(), MOST_MISSED));
        }

        /** Reads {@code endpoints=80,services=15}. */
        static Map<Kind, Integer> weights(String text) {
            Map<Kind, Integer> weights = new LinkedHashMap<>();
            for (String part : text.split(",", -1)) {
                String[] pair = part.split("=", 2);
                Kind kind = SimulatedCluster.KINDS.stream()
                        .filter(one -> one.plural().equals(pair[0]))
                        .findFirst()
                        .orElseThrow(() -> wrong(text));
                if (pair.length < 2 || !pair[1].matches("\\d{1,4}")) {
                    throw wrong(text);
                }
                weights.put(kind, Integer.parseInt(pair[1]));
            }
            if (weights.values().stream().allMatch(weight -> weight == 0)) {
                throw wrong(text);
            }
            return weights;
        }

        private static CliException wrong(String text) {
            return new CliException(
                    ExitCode.USAGE,
                    "--churn \"%s\" does not say how much of each kind changes".formatted(text),
                    "For example: endpoints=85,services=10,identities=4,nodes=1");
        }
    }

    /** The amounts of a series that ends at the greatest one: each twice the one before, none twice. */
    List<Integer> doublings(int greatest) {
        List<Integer> amounts = new ArrayList<>();
        for (int amount = greatest; amount > 0 && amounts.size() < points; amount /= 2) {
            amounts.addFirst(amount);
        }
        return amounts;
    }

    Scenario withRate(int rate) {
        return new Scenario(
                clusters, shape, new Churn(rate, churn.weights(), churn.duration()), watches, missed, points, seed);
    }

    private static void within(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new CliException(
                    ExitCode.USAGE, "%s is %d, it has to be within %d and %d".formatted(what, value, least, most));
        }
    }
}
