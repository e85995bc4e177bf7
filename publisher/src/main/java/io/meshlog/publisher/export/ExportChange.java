package io.meshlog.publisher.export;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;

/** A change of what the cluster declares. */
public sealed interface ExportChange {
    ResourceKey key();

    /** The cluster now declares this. */
    record Declare(ResourceKey key, Value value) implements ExportChange {
        public Declare(ResourceKey key, Declared resource) {
            this(key, Value.of(resource));
        }
    }

    /** The cluster declares nothing under this key any more. */
    record Withdraw(ResourceKey key) implements ExportChange {}
}
