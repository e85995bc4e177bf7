package io.meshlog.events.model;

import java.util.Map;

/** What the fleet's state is made of. */
public sealed interface Resource permits Declared, Violation, Cluster, Session, Job, Fleet, Digest {
    Kind kind();

    /** The labels selectors match: empty for kinds without labels. */
    default Map<String, String> selectableLabels() {
        return Map.of();
    }
}
