package io.meshlog.events.model;

/**
 * A value as the changelog carries it: the part of a {@code FleetChange} from its field {@code exact} to the end, in
 * Avro's binary form. Digests are made of these bytes, so they travel and rest unchanged.
 *
 * @param fingerprint the CRC-64-AVRO fingerprint of the {@code FleetChange} schema they were written under
 */
public record EncodedValue(long fingerprint, Bytes bytes) {}
