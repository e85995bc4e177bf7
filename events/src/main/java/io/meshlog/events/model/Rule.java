package io.meshlog.events.model;

/** Why the fleet refuses something. The names are those of the Avro enum {@code Rule}. */
public enum Rule {
    NOT_ADMITTED,
    NOT_OWNER,
    NAME_MISMATCH,
    IDENTITY_OUT_OF_RANGE,
    IDENTITY_RESERVED,
    IDENTITY_CLUSTER_LABEL,
    ADDRESS_INVALID,
    ADDRESS_OUTSIDE_CLUSTER,
    ADDRESS_OF_OTHER_CLUSTER,
    CLUSTER_ID_MISMATCH,
    CLUSTER_CONFLICT,
    TOO_LARGE,
    TOO_MANY,
    MALFORMED,
    NOT_PERMITTED,
    SKIPPED
}
