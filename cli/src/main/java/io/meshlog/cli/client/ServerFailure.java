package io.meshlog.cli.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.print.SafeText;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** The one place where a gRPC status becomes words and an exit code. */
public final class ServerFailure {
    private ServerFailure() {}

    /** The failure as it is told to a person. */
    public static CliException of(StatusRuntimeException failure, ServerAddress address) {
        Status status = failure.getStatus();
        String said = said(status);
        return switch (status.getCode()) {
            case UNAVAILABLE -> unavailable(status, address);
            case DEADLINE_EXCEEDED ->
                new CliException(
                        ExitCode.TIMEOUT,
                        "%s did not answer in time".formatted(address.authority()),
                        "Give it longer with --timeout, or see how it is:  meshlog status");
            case PERMISSION_DENIED -> new CliException(ExitCode.DENIED, "not permitted: " + said);
            case UNAUTHENTICATED -> new CliException(ExitCode.DENIED, "the server does not know you: " + said);
            case INVALID_ARGUMENT -> new CliException(ExitCode.USAGE, said);
            case FAILED_PRECONDITION -> new CliException(ExitCode.ERROR, "refused: " + said);
            case UNIMPLEMENTED ->
                new CliException(
                        ExitCode.ERROR,
                        "%s does not know this request: it is older, or no Meshlog server"
                                .formatted(address.authority()),
                        "Compare:  meshlog version");
            case NOT_FOUND -> new CliException(ExitCode.ERROR, "not found: " + said);
            default ->
                new CliException(
                        ExitCode.ERROR, "%s answered %s: %s".formatted(address.authority(), status.getCode(), said));
        };
    }

    /** Why the server cannot be had, in a few words. */
    public static String reason(StatusRuntimeException failure) {
        Throwable root = root(failure.getStatus().getCause());
        if (root instanceof ConnectException) {
            return "connection refused";
        }
        if (root instanceof UnknownHostException || root instanceof UnresolvedAddressException) {
            return "there is no host of that name";
        }
        return said(failure.getStatus());
    }

    private static CliException unavailable(Status status, ServerAddress address) {
        String message = "cannot reach %s (from %s): %s"
                .formatted(address.authority(), address.source(), reason(status.asRuntimeException()));
        return address.supervised()
                ? new CliException(
                        ExitCode.ERROR, message, "Its `meshlog up` runs and starts it again: try again in some seconds")
                : new CliException(
                        ExitCode.ERROR,
                        message,
                        "Start a fleet on this machine:  meshlog up",
                        "Or name another server:  --server HOST:PORT");
    }

    private static String said(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().name() : SafeText.of(description);
    }

    private static @Nullable Throwable root(@Nullable Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
