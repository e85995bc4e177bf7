package io.meshlog.meshapi.replica;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where threads report what must not happen. The first report takes the replica out of service for good: the process
 * stays, answers status and readiness with the fault in words, and an operator or a supervisor restarts it. Serving on in
 * a state nobody foresaw would be worse than not serving. Safe on any thread.
 */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final AtomicReference<@Nullable String> first = new AtomicReference<>();
    private final Consumer<String> onFirst;

    /** @param onFirst is told the first fault, on the thread that reports it */
    public Faults(Consumer<String> onFirst) {
        this.onFirst = onFirst;
    }

    /**
     * Reports a fault.
     *
     * @param where which part failed, for people
     */
    public void report(String where, Throwable cause) {
        LOG.error("fault in {}: the replica goes out of service", where, cause);
        String fault = "%s failed: %s".formatted(where, cause);
        if (first.compareAndSet(null, fault)) {
            onFirst.accept(fault);
        }
    }

    /** The first fault in words; null where there was none. */
    public @Nullable String first() {
        return first.get();
    }
}
