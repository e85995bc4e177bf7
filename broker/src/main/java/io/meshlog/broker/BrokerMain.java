package io.meshlog.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One broker as a process of its own: {@code BrokerMain --data FOLDER --port PORT --controller-port PORT [--parent PID]},
 * or {@code BrokerMain FOLDER PORT CONTROLLER_PORT}.
 *
 * <p>Standard output carries one line, {@code ready HOST:PORT}, once the broker serves; the log goes to standard error,
 * which whoever starts it sends to a file. Heap and collector are that one's choice.
 *
 * <p>Ends in good order on SIGTERM, and by itself when the process that started it (or the one named) is gone: a broker
 * that outlives its {@code up} would hold the folder and the ports. What is not done within {@link #STOP_LIMIT} is cut
 * short; what was acknowledged is on disk by then.
 */
public final class BrokerMain {
    /** How long a stop in good order may take before the process is halted. */
    static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int CUT_SHORT = 3;

    static {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-broker.xml");
        }
    }

    private BrokerMain() {}

    /** Exit codes: 0 for the parent's end, 1 if the broker cannot start, 2 for arguments it does not know. */
    public static void main(String[] arguments) {
        BrokerOptions options;
        try {
            options = BrokerOptions.parse(arguments);
        } catch (IllegalArgumentException unusable) {
            System.err.println(unusable.getMessage());
            System.err.println(BrokerOptions.USAGE);
            System.exit(USAGE);
            return;
        }
        endWith(options.parent());
        try {
            EmbeddedKafka kafka = start(options);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(kafka), "broker-stop"));
            System.out.println("ready " + kafka.bootstrapServers());
        } catch (RuntimeException failed) {
            failed.printStackTrace();
            System.exit(FAILED);
        }
    }

    private static EmbeddedKafka start(BrokerOptions options) {
        return EmbeddedKafka.start(
                Path.of(options.data()), List.of(options.port()), List.of(options.controllerPort()), Map.of());
    }

    private static void stop(EmbeddedKafka kafka) {
        CompletableFuture.delayedExecutor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> Runtime.getRuntime().halt(CUT_SHORT));
        kafka.close();
    }

    private static void endWith(long parent) {
        // nobody waits for the future: it ends this process
        var unused = ProcessHandle.of(parent)
                .map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenRunAsync(() -> System.exit(0));
    }
}
