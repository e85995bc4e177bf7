package io.meshlog.projector.backup;

import io.meshlog.events.checkpoint.CheckpointFile;
import io.meshlog.events.checkpoint.LoggedEvent;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.TopicException;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Puts a fleet from a file into a Kafka that has none of it: makes its topics, writes its state as the changelog and as a
 * checkpoint, and the events after it as the log. A projector that is started then builds its store from the checkpoint and
 * decides the events, to the same revisions, versions and digests as before.
 *
 * <p>The file is checked before anything is written, and the checkpoint's last part is written last: what was cut short is
 * seen as such, and is done again after its topics are deleted.
 */
public final class FleetRestore {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int USUAL_REPLICAS = 3;

    private final KafkaConnection kafka;
    private final Options options;

    /**
     * How to restore.
     *
     * @param replicationFactor of the topics; -1 for 3, or as many as there are brokers
     * @param registry up to before {@code /subjects}; null for none, then records carry schema id 0
     * @param refound why the fleet gets a new log id, because events were lost; null where none were
     */
    public record Options(
            short replicationFactor,
            @Nullable URI registry,
            @Nullable String refound) {}

    /**
     * What was written.
     *
     * @param events how many events after the checkpoint, those of a refounding included
     */
    public record Restored(String fleet, Checkpoint checkpoint, long events) {}

    public FleetRestore(KafkaConnection kafka, Options options) {
        this.kafka = kafka;
        this.options = options;
    }

    /**
     * @param progress told how many parts and events were read so far
     * @throws io.meshlog.events.checkpoint.DamagedCheckpointException in words, if the file is not whole
     * @throws IllegalStateException in words, if there is something of the fleet already
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
     */
    public Restored restore(Path path, LongConsumer progress) throws IOException, InterruptedException {
        CheckpointFile file = new CheckpointFile(path);
        CheckpointFile.Title title = file.check().title();
        Topics topics = new Topics(title.fleet());
        String timeoutMs = Long.toString(TIMEOUT.toMillis());
        try (Admin admin = kafka.admin(Map.of(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMs,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMs))) {
            requireAnswer(admin);
            new TopicSetup(admin, topics, TIMEOUT).ensure(replicationFactor(admin));
            requireEmpty(admin, topics);
        } catch (ExecutionException | TimeoutException away) {
            throw new TopicException("the topics of %s cannot be looked at: %s".formatted(title.fleet(), away));
        }
        Path folder = Files.createTempDirectory("meshlog-restore");
        try (Registered ids = new Registered(options.registry());
                MovedFleet moved = new MovedFleet(kafka, topics, title.checkpoint(), ids, folder)) {
            var unused = file.read(new Counted(moved, progress));
            if (options.refound() != null) {
                moved.refound(options.refound());
            }
            return new Restored(title.fleet(), moved.finish(), moved.events());
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    private void requireAnswer(Admin admin) throws InterruptedException {
        try {
            await(admin.describeCluster().clusterId());
        } catch (ExecutionException | TimeoutException away) {
            throw new TopicException("Kafka at %s does not answer: %s".formatted(kafka.bootstrapServers(), away));
        }
    }

    private short replicationFactor(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        return options.replicationFactor() > 0
                ? options.replicationFactor()
                : (short) Math.min(
                        USUAL_REPLICAS, await(admin.describeCluster().nodes()).size());
    }

    private void requireEmpty(Admin admin, Topics topics)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<String> full = new ArrayList<>();
        Set<String> there = await(admin.listTopics().names());
        String internal = topics.fleet() + "-projector-";
        there.stream().filter(name -> name.startsWith(internal)).forEach(full::add);
        for (String topic : List.of(topics.events(), topics.changelog(), topics.checkpoints())) {
            TopicPartition partition = new TopicPartition(topic, Topics.PARTITION);
            var end = await(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                            .all())
                    .get(partition);
            if (Objects.requireNonNull(end).offset() > 0) {
                full.add(topic);
            }
        }
        if (!full.isEmpty()) {
            throw new IllegalStateException(
                    "%s has something of fleet %s already, in %s: a fleet is restored into empty topics only; stop its projectors and delete these topics first, if nothing in them is needed"
                            .formatted(kafka.bootstrapServers(), topics.fleet(), String.join(", ", full)));
        }
    }

    private static <T> T await(KafkaFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Tells how far it is, and passes on. */
    private static final class Counted implements CheckpointFile.Taker {
        private final CheckpointFile.Taker taker;
        private final LongConsumer progress;
        private long taken;

        Counted(CheckpointFile.Taker taker, LongConsumer progress) {
            this.taker = taker;
            this.progress = progress;
        }

        @Override
        public void part(CheckpointPart part) throws IOException, InterruptedException {
            taker.part(part);
            progress.accept(++taken);
        }

        @Override
        public void event(LoggedEvent event) throws IOException, InterruptedException {
            taker.event(event);
            progress.accept(++taken);
        }
    }
}
