package io.meshlog.it.checkpoint;

import static io.meshlog.it.checkpoint.Checkpointed.CLUSTER;
import static io.meshlog.it.checkpoint.Checkpointed.awaitAllDecided;
import static io.meshlog.it.checkpoint.Checkpointed.checkpoint;
import static io.meshlog.it.checkpoint.Checkpointed.sayMuch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.projector.Projector;
import io.meshlog.projector.backup.FleetExport;
import io.meshlog.projector.backup.FleetRestore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fleet goes into another Kafka. */
@Timeout(240)
final class MoveTest {
    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;

    @BeforeAll
    static void startBroker() {
        broker = FleetOnKafka.broker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static FleetOnKafka fleet(String name) {
        return new FleetOnKafka(name, broker.bootstrapServers(), folder);
    }

    @Test
    void aFleetIsMovedToAnEmptyKafka_withTheSameRevisionsVersionsAndDigests() throws Exception {
        Path file = folder.resolve("moved.checkpoint");
        try (FleetOnKafka before = fleet("moved");
                EmbeddedKafka empty = FleetOnKafka.broker(folder.resolve("empty"));
                FleetOnKafka moved = moveAfterEvents(before, empty, file)) {
            FleetContents was = FleetContents.of(before);

            Projector projector = moved.start("there");
            await("the events after the checkpoint are decided")
                    .atMost(FleetOnKafka.PATIENCE)
                    .until(() -> FleetContents.of(moved).revision() == was.revision());
            FleetContents is = FleetContents.of(moved);
            assertThat(is.resources()).isEqualTo(was.resources());
            assertThat(is.digest()).isEqualTo(was.digest());

            moved.upsert(CLUSTER, "said-there", "1");
            moved.awaitDecided(CLUSTER);
            assertThat(FleetContents.of(moved).revision()).isEqualTo(was.revision() + 1);
            assertThat(projector.status().trouble()).isNull();

            // and once more, from the Kafka it was moved to
            Seal again = checkpoint(moved);
            assertThat(again.checkpoint().revision()).isEqualTo(was.revision() + 1);
            assertThat(new FleetExport(moved.kafka, moved.topics)
                            .export(file, true, written -> {})
                            .checkpoint())
                    .isEqualTo(again.checkpoint());
        }
    }

    @Test
    void aFleetThatLostEventsIsRestoredUnderANewLogId() throws Exception {
        Path file = folder.resolve("lost.checkpoint");
        try (FleetOnKafka before = fleet("lost");
                EmbeddedKafka empty = FleetOnKafka.broker(folder.resolve("lost-empty"))) {
            Projector projector = before.start("here");
            before.begin(CLUSTER);
            sayMuch(before, 0, 100);
            Checkpoint kept = checkpoint(before).checkpoint();
            awaitAllDecided(before, projector);
            assertThat(new FleetExport(before.kafka, before.topics)
                            .export(file, false, written -> {})
                            .events())
                    .isZero();

            FleetOnKafka restored = before.movedTo(empty.bootstrapServers(), folder.resolve("lost-there"));
            new FleetRestore(restored.kafka, new FleetRestore.Options((short) 1, null, "its disk is lost"))
                    .restore(file, read -> {});
            try (restored) {
                restored.start("there");
                restored.awaitChange(
                        "the refounding",
                        record -> record.key().equals(ResourceKey.FLEET)
                                && record.change() != null
                                && record.change().revision() == kept.revision() + 1
                                && !kept.logId().equals(record.logId()));
                restored.upsert(CLUSTER, "after", "1");
                restored.awaitDecided(CLUSTER);
                assertThat(FleetContents.of(restored).revision()).isEqualTo(kept.revision() + 2);
                assertThat(checkpoint(restored).checkpoint().logId()).isNotEqualTo(kept.logId());
            }
        }
    }

    /** Says things, keeps a checkpoint, says more, stops, and restores it over there. */
    private static FleetOnKafka moveAfterEvents(FleetOnKafka before, EmbeddedKafka empty, Path file) throws Exception {
        Projector projector = before.start("here");
        before.begin(CLUSTER);
        sayMuch(before, 0, 500);
        Seal seal = checkpoint(before);
        sayMuch(before, 500, 800);
        awaitAllDecided(before, projector);

        FleetExport.Exported exported = new FleetExport(before.kafka, before.topics).export(file, true, written -> {});
        assertThat(exported.checkpoint()).isEqualTo(seal.checkpoint());
        assertThat(exported.events()).isGreaterThan(300);
        FleetOnKafka moved = before.movedTo(empty.bootstrapServers(), folder.resolve("there"));
        FleetRestore restore = new FleetRestore(moved.kafka, new FleetRestore.Options((short) -1, null, null));
        FleetRestore.Restored restored = restore.restore(file, read -> {});
        assertThat(restored.events()).isEqualTo(exported.events());
        assertThatThrownBy(() -> restore.restore(file, read -> {}))
                .hasMessageContaining("has something of fleet moved already");
        return moved;
    }
}
