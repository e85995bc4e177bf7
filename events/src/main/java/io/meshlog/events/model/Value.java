package io.meshlog.events.model;

import org.jspecify.annotations.Nullable;

/**
 * A resource, and beside it the exact bytes its writer put where the typed form does not encode back to them: what was
 * put is what is read.
 */
public record Value(Resource resource, @Nullable Bytes exact) {
    public static Value of(Resource resource) {
        return new Value(resource, null);
    }
}
