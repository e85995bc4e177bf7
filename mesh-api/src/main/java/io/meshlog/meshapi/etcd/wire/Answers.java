package io.meshlog.meshapi.etcd.wire;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.failure.GrpcStatuses;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** How calls are answered, and refused: exactly once, whatever happens on the way. */
public final class Answers {
    private Answers() {}

    /** Answers a call at once, or says why not. */
    public static <T> void give(StreamObserver<T> call, Supplier<T> answer) {
        T given;
        try {
            given = answer.get();
        } catch (RuntimeException failed) {
            refuse(call, failed);
            return;
        }
        call.onNext(given);
        call.onCompleted();
    }

    /** Begins what answers the call later; where that fails, the call does. */
    public static void orRefuse(StreamObserver<?> call, Runnable beginning) {
        try {
            beginning.run();
        } catch (RuntimeException failed) {
            refuse(call, failed);
        }
    }

    public static void refuse(StreamObserver<?> call, Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        call.onError(GrpcStatuses.of(cause));
    }
}
