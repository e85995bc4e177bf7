package io.meshlog.events.checkpoint;

import io.meshlog.events.model.Bytes;
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
        long offset,
        long timestampMs,
        @Nullable Bytes key,
        @Nullable Bytes value,
        List<Header> headers) {

    /** A header of the record. */
    public record Header(String name, @Nullable Bytes value) {}

    public LoggedEvent {
        headers = List.copyOf(headers);
    }
}
