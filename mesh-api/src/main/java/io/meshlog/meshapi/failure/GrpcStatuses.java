package io.meshlog.meshapi.failure;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.meshlog.events.proto.InvalidResourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where what went wrong becomes what a gRPC client sees: code, message, {@code ErrorInfo} with the
 * {@link Failure}'s name, {@code RetryInfo} and the trailer {@code grpc-retry-pushback-ms} where trying again helps.
 *
 * <p>What nobody thought of becomes INTERNAL without its message, which may name what the client should not know; the log
 * has it.
 */
public final class GrpcStatuses {
    /** The {@code ErrorInfo.domain} of Meshlog's reasons. */
    public static final String DOMAIN = "meshlog.io";

    /**
     * The most characters of a message. It goes out in headers twice, with up to nine bytes for each character the first
     * time and four the second, and a client that gets more than 8 KiB of headers sees an HTTP/2 error and no message.
     */
    static final int MAX_MESSAGE_CHARS = 512;

    private static final Logger LOG = LoggerFactory.getLogger(GrpcStatuses.class);
    private static final long MS_PER_SECOND = 1_000;
    private static final int NANOS_PER_MS = 1_000_000;
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private GrpcStatuses() {}

    /** What the client sees of a failure. */
    public static StatusRuntimeException of(Throwable failed) {
        return switch (failed) {
            case FailedCallException known -> of(known.failure(), String.valueOf(known.getMessage()));
            case InvalidResourceException invalid -> of(Failure.INVALID, String.valueOf(invalid.getMessage()));
            case StatusRuntimeException ready -> ready;
            default -> {
                LOG.error("a call failed in a way nobody thought of", failed);
                yield of(Failure.INTERNAL, "internal error; the server's log says more");
            }
        };
    }

    /** The beginning names the input, the end the limit; what is left out in between is the input's own text. */
    static String shortened(String words) {
        if (words.length() <= MAX_MESSAGE_CHARS) {
            return words;
        }
        String gap = " ...%d characters... ".formatted(words.length() - MAX_MESSAGE_CHARS);
        int kept = (MAX_MESSAGE_CHARS - gap.length()) / 2;
        return wellFormed(words.substring(0, kept)) + gap + wellFormed(words.substring(words.length() - kept));
    }

    /** A cut may have gone through a pair. */
    private static String wellFormed(String cut) {
        String text = Character.isLowSurrogate(cut.charAt(0)) ? cut.substring(1) : cut;
        int last = text.length() - 1;
        return Character.isHighSurrogate(text.charAt(last)) ? text.substring(0, last) : text;
    }

    /** What the client sees of a failure. The middle of words longer than {@value #MAX_MESSAGE_CHARS} is left out. */
    public static StatusRuntimeException of(Failure failure, String words) {
        String message = shortened(words);
        Status.Builder status = Status.newBuilder()
                .setCode(failure.code().value())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(failure.name())
                        .setDomain(DOMAIN)
                        .build()));
        Metadata trailers = new Metadata();
        if (failure.isRetryable()) {
            long ms = failure.retryAfterMs();
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder()
                            .setSeconds(ms / MS_PER_SECOND)
                            .setNanos((int) (ms % MS_PER_SECOND) * NANOS_PER_MS))
                    .build()));
            trailers.put(PUSHBACK, Long.toString(ms));
        }
        return StatusProto.toStatusRuntimeException(status.build(), trailers);
    }
}
