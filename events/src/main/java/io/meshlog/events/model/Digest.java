package io.meshlog.events.model;

import java.util.List;

/** What every replica must hold at a revision, one entry for each prefix, sorted by prefix. */
public record Digest(List<ClusterDigest> clusters) implements Resource {

    /**
     * @param cluster the prefix: a cluster's name or {@value ResourceKey#FLEET_PREFIX}
     * @param count resources under it, deleted ones and sessions not counted
     * @param sum over those resources
     */
    public record ClusterDigest(String cluster, long count, Hash128 sum) {}

    public Digest {
        clusters = List.copyOf(clusters);
    }

    @Override
    public Kind kind() {
        return Kind.DIGEST;
    }
}
