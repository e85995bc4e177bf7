package io.meshlog.cli.bench;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what other threads or processes bring about. */
final class Waiting {
    private static final long LOOK_EVERY_NANOS = 2_000_000;

    private Waiting() {}

    static void until(String what, Duration limit, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CliException(ExitCode.ERROR, "interrupted");
            }
            if (System.nanoTime() > deadlineNanos) {
                throw new CliException(ExitCode.TIMEOUT, "waited %d s for %s".formatted(limit.toSeconds(), what));
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
