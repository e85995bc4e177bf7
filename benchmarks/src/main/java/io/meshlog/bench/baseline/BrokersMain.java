package io.meshlog.bench.baseline;

import io.meshlog.broker.EmbeddedKafka;
import java.nio.file.Path;
import java.util.Map;

/** {@code BrokersMain FOLDER NODES}: one or three brokers in a process of their own; says where when they serve. */
final class BrokersMain {
    static final String READY = "ready ";

    private BrokersMain() {}

    public static void main(String[] arguments) {
        EmbeddedKafka brokers = EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Map.of());
        Runtime.getRuntime().addShutdownHook(new Thread(brokers::close));
        System.out.println(READY + brokers.bootstrapServers());
    }
}
