package io.meshlog.events.checkpoint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of the events topic, with nothing of it understood.
 *
 * @param offset in the log it was read from
 * @param timestampMs when that log took it in
 * @param value may be null for records that strangers wrote
 */
public record LoggedEvent(
        long offset, long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    /** A header of the record. */
    public record Header(String name, byte @Nullable [] value) {}

    public LoggedEvent {
        headers = List.copyOf(headers);
    }
}
