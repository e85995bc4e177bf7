package io.meshlog.events.fold;

import inet.ipaddr.IPAddress;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What operators and the decider say about the fleet itself. */
final class Commands {
    /** Cilium's rule for cluster names (pkg/clustermesh/types). */
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?");

    void found(Draft draft, Statement.Found found) {
        write(draft, new Fleet(found.name(), found.logId(), found.featureLevel(), found.maxConnectedClusters(), 0, 0));
    }

    Outcome refound(Draft draft, Fleet fleet, Statement.Refound refound) {
        write(
                draft,
                new Fleet(
                        fleet.name(),
                        refound.logId(),
                        fleet.featureLevel(),
                        fleet.maxConnectedClusters(),
                        fleet.horizon(),
                        fleet.versionFloor()));
        return Outcome.done();
    }

    Outcome raise(Draft draft, Fleet fleet, Statement.RaiseFeatureLevel raise) {
        if (raise.level() < fleet.featureLevel()) {
            return Outcome.refused(Refusal.of(
                    Rule.NOT_PERMITTED,
                    "the fleet is at feature level %d, it cannot go back to %d",
                    fleet.featureLevel(),
                    raise.level()));
        }
        write(
                draft,
                new Fleet(
                        fleet.name(),
                        fleet.logId(),
                        raise.level(),
                        fleet.maxConnectedClusters(),
                        fleet.horizon(),
                        fleet.versionFloor()));
        return Outcome.done();
    }

    Outcome admit(Draft draft, Fleet fleet, Statement.Admit admit) {
        Cluster cluster = admit.cluster();
        Refusal refusal = judge(draft.state(), fleet, cluster);
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        draft.putIfDifferent(ResourceKey.cluster(cluster.name()), Value.of(cluster), Origin.OPERATOR);
        return Outcome.done();
    }

    private static @Nullable Refusal judge(FleetState state, Fleet fleet, Cluster cluster) {
        if (!CLUSTER_NAME.matcher(cluster.name()).matches()) {
            return Refusal.of(
                    Rule.NAME_MISMATCH,
                    "\"%s\" is not a cluster name: at most 32 lower-case letters, digits and inner dashes",
                    cluster.name());
        }
        if (cluster.id() < 1 || cluster.id() > fleet.maxConnectedClusters()) {
            return Refusal.of(
                    Rule.CLUSTER_ID_MISMATCH,
                    "cluster id %d is not in 1 to %d",
                    cluster.id(),
                    fleet.maxConnectedClusters());
        }
        for (Cluster other : state.clusters()) {
            if (other.id() == cluster.id() != other.name().equals(cluster.name())) {
                return Refusal.of(
                        Rule.CLUSTER_CONFLICT,
                        "cluster %s with id %d stands against %s, admitted with id %d",
                        cluster.name(),
                        cluster.id(),
                        other.name(),
                        other.id());
            }
        }
        for (Job job : state.jobs()) {
            if (job.type() == Job.Type.EXPEL && cluster.name().equals(job.cluster())) {
                return Refusal.of(
                        Rule.CLUSTER_CONFLICT,
                        "what %s declared is still being taken out, admit it when that is done",
                        cluster.name());
            }
        }
        return Stream.concat(cluster.podCidrs().stream(), cluster.nodeCidrs().stream())
                .map(text -> judgeBlock(state, cluster, text))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Refusal judgeBlock(FleetState state, Cluster cluster, String text) {
        IPAddress block = AddressPlan.parse(text);
        if (block == null) {
            return Refusal.of(Rule.ADDRESS_INVALID, "\"%s\" is not a CIDR", text);
        }
        Cluster other = AddressPlan.overlapping(state.clusters(), cluster.name(), block);
        return other == null
                ? null
                : Refusal.of(
                        Rule.CLUSTER_CONFLICT,
                        "%s overlaps with what cluster %s was admitted with: pods %s, nodes %s",
                        text,
                        other.name(),
                        other.podCidrs(),
                        other.nodeCidrs());
    }

    Outcome expel(Draft draft, Statement.Expel expel) {
        if (!draft.delete(ResourceKey.cluster(expel.cluster()), Origin.OPERATOR)) {
            return Outcome.refused(
                    Refusal.of(Rule.NOT_ADMITTED, "cluster %s is not admitted to the fleet", expel.cluster()));
        }
        begin(draft, new Job(draft.revision(), Job.Type.EXPEL, expel.cluster(), null, null, 0, null, List.of()));
        return Outcome.done();
    }

    Outcome horizon(Draft draft, Fleet fleet, Statement.AdvanceHorizon horizon) {
        long newest = draft.state().revision();
        if (horizon.below() > newest || horizon.versionFloor() > newest) {
            return Outcome.refused(Refusal.of(
                    Rule.NOT_PERMITTED,
                    "the horizon %d and the version floor %d cannot be above the fleet's revision %d",
                    horizon.below(),
                    horizon.versionFloor(),
                    newest));
        }
        long below = Math.max(horizon.below(), fleet.horizon());
        write(
                draft,
                new Fleet(
                        fleet.name(),
                        fleet.logId(),
                        fleet.featureLevel(),
                        fleet.maxConnectedClusters(),
                        below,
                        Math.max(horizon.versionFloor(), fleet.versionFloor())));
        if (below > fleet.horizon()) {
            begin(draft, new Job(draft.revision(), Job.Type.FORGET, null, null, null, below, null, List.of()));
        }
        return Outcome.done();
    }

    static void begin(Draft draft, Job job) {
        draft.putIfDifferent(ResourceKey.job(job.id()), Value.of(job), Origin.FOLD);
    }

    private static void write(Draft draft, Fleet fleet) {
        draft.putIfDifferent(ResourceKey.FLEET, Value.of(fleet), Origin.OPERATOR);
    }
}
