package io.meshlog.it.checkpoint;

import static org.awaitility.Awaitility.await;

import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.EncodedPart;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.model.Statement;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.projector.Projector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** What is said, asked and lost in these tests. */
final class Checkpointed {
    static final String CLUSTER = "eastus";
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private Checkpointed() {}

    static void sayMuch(FleetOnKafka fleet, int from, int to) {
        for (int i = from; i < to; i++) {
            fleet.upsert(CLUSTER, "key-" + i % 97, "value-" + i);
            if (i % 7 == 0) {
                fleet.delete(CLUSTER, "key-" + i % 89);
            }
        }
        fleet.awaitDecided(CLUSTER);
    }

    static List<Seal> checkpoints(FleetOnKafka fleet) {
        try (CheckpointTopic topic = new CheckpointTopic(fleet.kafka, fleet.topics, TIMEOUT)) {
            return topic.list(CheckpointTopic.MOST);
        }
    }

    /** Asks for a checkpoint as an operator does, and waits for it. */
    static Seal checkpoint(FleetOnKafka fleet) {
        long asked =
                fleet.command(new Statement.AskDigest()).toCompletableFuture().join();
        return await("a checkpoint after event " + asked)
                .atMost(FleetOnKafka.PATIENCE)
                .until(
                        () -> checkpoints(fleet).stream().findFirst().orElse(null),
                        seal -> seal != null && seal.checkpoint().eventOffset() > asked);
    }

    /** All of a checkpoint's parts. */
    static List<EncodedPart> parts(FleetOnKafka fleet, Seal seal) {
        List<EncodedPart> parts = new ArrayList<>();
        try (CheckpointTopic topic = new CheckpointTopic(fleet.kafka, fleet.topics, TIMEOUT)) {
            topic.read(seal, (encoded, part) -> parts.add(encoded));
        }
        return parts;
    }

    static void awaitAllDecided(FleetOnKafka fleet, Projector projector) {
        long end = offset(fleet, fleet.topics.events(), OffsetSpec.latest());
        await("everything is decided")
                .atMost(FleetOnKafka.PATIENCE)
                .until(() -> projector.status().lastEventOffset() >= end - 1);
        projector.close();
    }

    static long offset(FleetOnKafka fleet, String topic, OffsetSpec spec) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = fleet.admin()) {
            return admin.listOffsets(Map.of(partition, spec))
                    .partitionResult(partition)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .offset();
        }
    }

    /** What Streams kept, the group's offset, and the oldest events. */
    static void loseState(FleetOnKafka fleet, long firstKeptEvent) throws Exception {
        String group = fleet.topics.fleet() + "-projector";
        try (Admin admin = fleet.admin()) {
            admin.deleteTopics(List.of(group + "-fleet-changelog")).all().get();
            await("the group is empty")
                    .atMost(FleetOnKafka.PATIENCE)
                    .untilAsserted(() ->
                            admin.deleteConsumerGroups(List.of(group)).all().get());
            admin.deleteRecords(Map.of(
                            new TopicPartition(fleet.topics.events(), 0), RecordsToDelete.beforeOffset(firstKeptEvent)))
                    .all()
                    .get();
        }
    }
}
