package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;

/** How one kind is shown. What it gives out may hold anything a cluster said: the printer escapes it. */
public interface KindView {
    /** Fills the resource's row. Headers must not depend on the resource: the default instance yields them all. */
    void describe(Resource resource, Row row);

    /** The resource in a few words, for a line of a watch. */
    String summary(Resource resource);
}
