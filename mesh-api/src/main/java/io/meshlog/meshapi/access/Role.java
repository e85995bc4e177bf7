package io.meshlog.meshapi.access;

/** What a principal is to the fleet. */
public enum Role {
    /** A cluster of the fleet: writes for itself, reads the fleet. */
    MEMBER,
    /** Commands the fleet and reads all of it. */
    OPERATOR,
    /** Reads all of the fleet, writes nothing. */
    READER,
    /** Cilium's {@code root}: reads and writes any cluster's keys through the etcd face, and nothing else. */
    ROOT,
    /** Cilium's {@code remote}: reads clusters' state through the etcd face, and nothing else. */
    REMOTE,
    /** Cilium's {@code local}: reads the copies of clusters' state through the etcd face, and nothing else. */
    LOCAL;

    /** Whether it may write the etcd keys of every cluster. */
    public boolean writesForAll() {
        return this == OPERATOR || this == ROOT;
    }
}
