package io.meshlog.projector;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogRecords;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.projector.checkpoint.CheckpointKeeper;
import io.meshlog.projector.decider.CheckpointOffice;
import io.meshlog.projector.decider.Decider;
import io.meshlog.projector.decider.DeciderLoop;
import io.meshlog.projector.decider.EventVoice;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Puts the decider on its topics. */
final class DeciderWiring {
    private static final String PRINCIPAL = "projector";
    private static final Duration DELIVERY = Duration.ofSeconds(10);

    private DeciderWiring() {}

    static DeciderLoop loop(ProjectorConfig config, EventVoice voice, CheckpointOffice checkpoints) {
        ChangelogRecords records = new ChangelogRecords();
        TimeBasedEpochGenerator ids = Generators.timeBasedEpochGenerator();
        return new DeciderLoop(
                config.topics().changelog(),
                config.topics().events(),
                () -> consumer(config),
                () -> new Decider(config.decider(), new ValueCodec(), PRINCIPAL, ids::generate, UUID.randomUUID()),
                (record, decider) -> take(records, record, decider),
                voice,
                checkpoints,
                System::currentTimeMillis);
    }

    static CheckpointKeeper checkpoints(ProjectorConfig config, ReleaseIds checkpointsSchema) {
        return new CheckpointKeeper(
                config.site(),
                checkpointsSchema,
                config.dataDir().resolve("checkpoint"),
                config.checkpoints(),
                System::currentTimeMillis);
    }

    static EventVoice voice(ProjectorConfig config, ReleaseIds eventsSchema) {
        return new EventVoice(
                () -> new KafkaEventLogWriter(config.kafka().connection(), config.topics(), eventsSchema, DELIVERY));
    }

    private static void take(ChangelogRecords records, ConsumerRecord<byte[], byte[]> record, Decider decider) {
        ChangeRecord read = records.read(record);
        FleetChange change = read.change();
        if (change == null) {
            decider.onForgotten(read.key());
        } else {
            decider.onChange(change, read.timestampMs());
        }
    }

    private static Consumer<byte[], byte[]> consumer(ProjectorConfig config) {
        int sessionMs = config.streams().sessionTimeoutMs();
        return new KafkaConsumer<>(
                config.kafka()
                        .connection()
                        .with(Map.of(
                                ConsumerConfig.GROUP_ID_CONFIG,
                                config.fleet() + "-decider",
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "none",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                "false",
                                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                                Integer.toString(sessionMs),
                                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                                Integer.toString(Math.max(100, sessionMs / 10)))),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
