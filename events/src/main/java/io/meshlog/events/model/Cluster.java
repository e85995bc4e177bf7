package io.meshlog.events.model;

import java.util.List;

/**
 * A member cluster as the fleet's operators admitted it.
 *
 * @param id the Cilium cluster id, 1 up to the fleet's limit, unique in the fleet
 * @param podCidrs where its pods may be; empty means wherever no other cluster was admitted
 * @param nodeCidrs where its nodes may be; empty means wherever no other cluster was admitted
 * @param maxResources 0 for the fleet's default
 */
public record Cluster(String name, int id, List<String> podCidrs, List<String> nodeCidrs, int maxResources)
        implements Resource {
    public Cluster {
        podCidrs = List.copyOf(podCidrs);
        nodeCidrs = List.copyOf(nodeCidrs);
    }

    @Override
    public Kind kind() {
        return Kind.CLUSTER;
    }
}
