package io.meshlog.meshapi.etcd.wire;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** The errors etcd's clients know, with etcd's own words: clients compare them. */
public final class EtcdErrors {
    private EtcdErrors() {}

    private static StatusRuntimeException of(Status status, String words) {
        return new StatusRuntimeException(status.withDescription(words), null);
    }

    public static StatusRuntimeException emptyKey() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: key is not provided");
    }

    public static StatusRuntimeException keyNotFound() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: key not found");
    }

    public static StatusRuntimeException valueProvided() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: value is provided");
    }

    public static StatusRuntimeException leaseProvided() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: lease is provided");
    }

    public static StatusRuntimeException tooManyOperations() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: too many operations in txn request");
    }

    public static StatusRuntimeException duplicateKey() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request");
    }

    public static StatusRuntimeException invalidSort() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: invalid sort option");
    }

    public static StatusRuntimeException tooLarge() {
        return of(Status.INVALID_ARGUMENT, "etcdserver: request is too large");
    }

    public static StatusRuntimeException compacted() {
        return of(Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
    }

    public static StatusRuntimeException future() {
        return of(Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
    }

    public static StatusRuntimeException leaseNotFound() {
        return of(Status.NOT_FOUND, "etcdserver: requested lease not found");
    }

    public static StatusRuntimeException leaseExists() {
        return of(Status.FAILED_PRECONDITION, "etcdserver: lease already exists");
    }

    public static StatusRuntimeException leaseTtlTooLarge() {
        return of(Status.OUT_OF_RANGE, "etcdserver: too large lease TTL");
    }

    public static StatusRuntimeException permissionDenied(String why) {
        return of(Status.PERMISSION_DENIED, "etcdserver: permission denied: " + why);
    }

    /** What the facade does not do; in words, so that nobody takes it for done. */
    public static StatusRuntimeException unimplemented(String words) {
        return of(Status.UNIMPLEMENTED, "meshlog: " + words);
    }

    public static StatusRuntimeException invalid(String words) {
        return of(Status.INVALID_ARGUMENT, "meshlog: " + words);
    }

    /** The fleet decided against it; the same request is refused again. */
    public static StatusRuntimeException refused(String words) {
        return of(Status.FAILED_PRECONDITION, "meshlog: " + words);
    }

    /** To be tried again, here or at another replica. */
    public static StatusRuntimeException unavailable(String words) {
        return of(Status.UNAVAILABLE, "meshlog: " + words);
    }
}
