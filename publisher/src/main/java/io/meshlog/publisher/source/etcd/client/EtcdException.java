package io.meshlog.publisher.source.etcd.client;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** An etcd does not answer, or refuses. */
public final class EtcdException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is to be thought of it. */
    public enum Code {
        /** Try again, at another endpoint. */
        AWAY,
        /** The revision asked for is compacted: list anew. */
        COMPACTED,
        /** It would be refused again. */
        REFUSED
    }

    private final Code code;

    EtcdException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** The one place where gRPC's codes become ours. */
    static EtcdException of(String endpoint, Throwable failure) {
        Status status = Status.fromThrowable(failure);
        String description = status.getDescription();
        Throwable cause = status.getCause();
        String message = "%s: %s%s%s"
                .formatted(
                        endpoint,
                        status.getCode(),
                        description == null ? "" : ": " + description,
                        cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
        Code code = switch (status.getCode()) {
            case OUT_OF_RANGE -> Code.COMPACTED;
            case INVALID_ARGUMENT, PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED, FAILED_PRECONDITION ->
                Code.REFUSED;
            default -> Code.AWAY;
        };
        return new EtcdException(code, message, failure);
    }
}
