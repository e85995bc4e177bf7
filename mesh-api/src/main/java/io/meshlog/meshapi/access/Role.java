package io.meshlog.meshapi.access;

/** What a principal is to the fleet. */
public enum Role {
    /** A cluster of the fleet: writes for itself, reads the fleet. */
    MEMBER,
    /** Commands the fleet and reads all of it. */
    OPERATOR,
    /** Reads all of the fleet, writes nothing. */
    READER
}
