package io.meshlog.events.wire;

import java.util.Map;

/**
 * The registry ids of a record's releases. Which of them stands before a datum follows from the schema it was written
 * under, so that strangers read each record as it was written.
 *
 * @param byFingerprint CRC-64-AVRO fingerprint -> id
 */
public record ReleaseIds(Map<Long, Integer> byFingerprint) {
    /** For writers without a registry: every record carries the id 0, which strangers cannot read. */
    public static final ReleaseIds NONE = new ReleaseIds(Map.of());

    public ReleaseIds {
        byFingerprint = Map.copyOf(byFingerprint);
    }

    /** @throws IllegalArgumentException if it has ids, and none for that schema */
    public int of(long fingerprint) {
        Integer id = byFingerprint.get(fingerprint);
        if (id == null && !byFingerprint.isEmpty()) {
            throw new IllegalArgumentException(
                    "no id for the schema with the fingerprint %016x".formatted(fingerprint));
        }
        return id == null ? 0 : id;
    }
}
