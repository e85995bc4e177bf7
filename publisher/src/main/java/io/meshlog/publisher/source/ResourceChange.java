package io.meshlog.publisher.source;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * What became of one resource.
 *
 * @param value null where it is gone
 */
public record ResourceChange(ResourceKey key, @Nullable Value value) {}
