package io.meshlog.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One broker as a process of its own: {@code BrokerMain FOLDER BROKER_PORT CONTROLLER_PORT}. Says {@code ready} with its
 * address on standard output once it serves. Ends in good order on SIGTERM, and by itself when the process that started it
 * is gone.
 */
public final class BrokerMain {
    private static final int USAGE = 2;
    private static final int FAILED = 1;

    private BrokerMain() {}

    static {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-broker.xml");
        }
    }

    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            System.err.println("usage: BrokerMain FOLDER BROKER_PORT CONTROLLER_PORT");
            System.exit(USAGE);
        }
        endWithParent();
        try {
            EmbeddedKafka kafka = EmbeddedKafka.start(
                    Path.of(arguments[0]),
                    List.of(Integer.parseInt(arguments[1])),
                    List.of(Integer.parseInt(arguments[2])),
                    Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "broker-stop"));
            System.out.println("ready " + kafka.bootstrapServers());
        } catch (RuntimeException failed) {
            failed.printStackTrace();
            System.exit(FAILED);
        }
    }

    private static void endWithParent() {
        Optional<ProcessHandle> parent = ProcessHandle.current().parent();
        parent.ifPresent(process -> {
            // nobody waits for it: it ends this process
            var unused = process.onExit().thenRun(() -> System.exit(0));
        });
    }
}
