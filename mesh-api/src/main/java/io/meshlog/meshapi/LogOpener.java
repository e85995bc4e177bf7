package io.meshlog.meshapi;

import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.wire.RegistryClient;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.SchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/**
 * Makes writers of the events topic: looks whether the topics are as they must be, learns the schema's id, connects.
 * Blocks, and fails in words when something is missing; whoever asked asks again.
 */
final class LogOpener implements Supplier<EventLogWriter> {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);
    /** A silent registry holds an opening up for so long, when an id is remembered. */
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(10);

    private final MeshApiConfig config;

    LogOpener(MeshApiConfig config) {
        this.config = config;
    }

    @Override
    public EventLogWriter get() {
        try (Admin admin = config.kafka().admin()) {
            new TopicSetup(admin, config.topics(), ASK_TIMEOUT).check();
        }
        Path ids = config.dataDir().resolve("schema-ids");
        try (RegistryClient registry = new RegistryClient(config.registry(), REGISTRY_TIMEOUT)) {
            ReleaseIds known = new SchemaIds(registry, ids)
                    .idsOf(
                            config.topics().events(),
                            ReleasedSchemas.of("MeshEvent").inOrder());
            return new KafkaEventLogWriter(config.kafka(), config.topics(), known, DELIVERY_TIMEOUT);
        }
    }
}
