package io.meshlog.broker;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this process alive where Kafka would end it: on a fault it cannot live with, a broker exits or halts its JVM, and
 * in a test that takes the test run along. While a guard is open such an order fails the thread that gave it, and is
 * written down; the node is not usable afterwards and is to be stopped.
 *
 * <p>Process-wide, as Kafka's switch is: one guard at a time. Safe on any thread.
 */
public final class HaltGuard implements AutoCloseable {
    private final Collection<Order> orders = new ConcurrentLinkedQueue<>();

    private HaltGuard() {}

    /**
     * An order to end the process.
     *
     * @param status the exit code
     * @param message why, if Kafka said so
     */
    public record Order(int status, @Nullable String message) {}

    /** Stands between from now until {@link #close}. */
    public static HaltGuard open() {
        HaltGuard guard = new HaltGuard();
        Exit.setExitProcedure(guard::refuse);
        Exit.setHaltProcedure(guard::refuse);
        return guard;
    }

    private void refuse(int status, @Nullable String message) {
        orders.add(new Order(status, message));
        throw new IllegalStateException("Kafka would have ended this process with %d: %s".formatted(status, message));
    }

    /** What was refused so far, oldest first. */
    public List<Order> orders() {
        return List.copyOf(orders);
    }

    /** Lets Kafka end the process again. */
    @Override
    public void close() {
        Exit.resetExitProcedure();
        Exit.resetHaltProcedure();
    }
}
