package io.meshlog.events.model;

import java.util.UUID;

/**
 * The fleet itself: what binds every reader and writer of the log.
 *
 * @param logId revisions are comparable only under one log id
 * @param featureLevel the level of behaviour the fold is bound to
 * @param maxConnectedClusters 255 or 511
 * @param horizon the revision below which deletes are forgotten
 * @param versionFloor the oldest revision whose past versions replicas keep
 */
public record Fleet(
        String name, UUID logId, int featureLevel, int maxConnectedClusters, long horizon, long versionFloor)
        implements Resource {
    @Override
    public Kind kind() {
        return Kind.FLEET;
    }
}
