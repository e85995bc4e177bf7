package io.meshlog.events.codec;

/** A record was written under a schema this version was not released with. Whoever folds must stop: a newer version is needed. */
public final class UnknownSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long fingerprint;

    public UnknownSchemaException(String record, long fingerprint) {
        super("no released %s schema has the fingerprint %016x: a newer version of Meshlog wrote this record"
                .formatted(record, fingerprint));
        this.fingerprint = fingerprint;
    }

    /** The CRC-64-AVRO fingerprint that is not known. */
    public long fingerprint() {
        return fingerprint;
    }
}
