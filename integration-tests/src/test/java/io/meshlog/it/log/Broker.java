package io.meshlog.it.log;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;

/** One node, and a fleet of its own for each test that asks. */
final class Broker implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final EmbeddedKafka kafka;
    private final Admin admin;
    private final AtomicInteger fleets = new AtomicInteger();

    Broker(Path folder) {
        kafka = EmbeddedKafka.start(folder);
        admin = connection().admin();
    }

    KafkaConnection connection() {
        return KafkaConnection.of(kafka.bootstrapServers());
    }

    Admin admin() {
        return admin;
    }

    /** A fleet without topics. */
    Topics fleet() {
        return new Topics("fleet-" + fleets.incrementAndGet());
    }

    /** A fleet with its topics. */
    Topics fleetWithTopics() {
        Topics topics = fleet();
        setup(topics).ensure((short) 1);
        return topics;
    }

    TopicSetup setup(Topics topics) {
        return new TopicSetup(admin, topics, TIMEOUT);
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
    }
}
