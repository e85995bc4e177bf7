package io.meshlog.projector.backup;

import io.meshlog.events.checkpoint.CheckpointFileWriter;
import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.checkpoint.LoggedEvent;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.PartitionReader;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Writes the newest whole checkpoint of a fleet to a file, and the events after it that the log has when it is asked. A
 * checkpoint that is damaged is passed over for the one before it: with the events after that, it comes to the same.
 */
public final class FleetExport {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BUFFER_BYTES = 1 << 20;

    private final KafkaConnection kafka;
    private final Topics topics;

    /**
     * What was written.
     *
     * @param events how many events after the checkpoint
     * @param passedOver damaged checkpoints, newest first, each in words
     */
    public record Exported(Checkpoint checkpoint, long events, long bytes, List<String> passedOver) {}

    public FleetExport(KafkaConnection kafka, Topics topics) {
        this.kafka = kafka;
        this.topics = topics;
    }

    /**
     * Writes the file; it appears whole or not at all.
     *
     * @param withEvents whether the events after the checkpoint are written too
     * @param progress told how many parts and events are written so far
     * @throws DamagedCheckpointException in words, if there is no whole checkpoint
     * @throws IOException if the file cannot be written
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
     */
    public Exported export(Path file, boolean withEvents, LongConsumer progress) throws IOException {
        List<String> passedOver = new ArrayList<>();
        Path target = file.toAbsolutePath();
        try (CheckpointTopic topic = new CheckpointTopic(kafka, topics, TIMEOUT)) {
            for (Seal seal : topic.list(CheckpointTopic.MOST)) {
                Path unfinished = Files.createTempFile(target.getParent(), "checkpoint", ".part");
                try {
                    long events = write(topic, seal, unfinished, withEvents, progress);
                    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    return new Exported(seal.checkpoint(), events, Files.size(target), passedOver);
                } catch (DamagedCheckpointException damaged) {
                    passedOver.add(String.valueOf(damaged.getMessage()));
                } finally {
                    Files.deleteIfExists(unfinished);
                }
            }
        }
        throw new DamagedCheckpointException("%s has no whole checkpoint%s"
                .formatted(topics.checkpoints(), passedOver.isEmpty() ? "" : ": " + String.join("; ", passedOver)));
    }

    private long write(CheckpointTopic topic, Seal seal, Path file, boolean withEvents, LongConsumer progress)
            throws IOException {
        AtomicLong written = new AtomicLong();
        Runnable one = () -> progress.accept(written.incrementAndGet());
        try (CheckpointFileWriter writer = new CheckpointFileWriter(
                new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES),
                topics.fleet(),
                seal.checkpoint())) {
            topic.read(seal, (encoded, part) -> {
                try {
                    writer.part(encoded);
                    one.run();
                } catch (IOException full) {
                    throw new UncheckedIOException(full);
                }
            });
            if (withEvents) {
                events(seal.checkpoint().eventOffset() + 1, writer, one);
            }
            writer.end();
            return writer.events();
        } catch (UncheckedIOException full) {
            throw full.getCause();
        }
    }

    private void events(long first, CheckpointFileWriter writer, Runnable written) throws IOException {
        try (PartitionReader reader = new PartitionReader(kafka, topics.events(), true)) {
            long end = reader.end(TIMEOUT);
            long beginning = reader.beginning(TIMEOUT);
            if (first < beginning || first > end) {
                throw new DamagedCheckpointException(
                        "the checkpoint goes on at offset %d of %s, and the log is from %d to %d"
                                .formatted(first, topics.events(), beginning, end));
            }
            reader.seek(first);
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (reader.position() < end) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL, Function.identity())) {
                    if (record.offset() < end) {
                        writer.event(event(record));
                        written.run();
                        deadline = System.nanoTime() + TIMEOUT.toNanos();
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("%s gives nothing out at offset %d within %s"
                            .formatted(topics.events(), reader.position(), TIMEOUT));
                }
            }
        }
    }

    private static LoggedEvent event(ConsumerRecord<byte[], byte[]> record) {
        List<LoggedEvent.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new LoggedEvent.Header(header.key(), owned(header.value())));
        }
        return new LoggedEvent(
                record.offset(), record.timestamp(), owned(record.key()), owned(record.value()), headers);
    }

    private static @Nullable Bytes owned(byte @Nullable [] bytes) {
        return bytes == null ? null : Bytes.owned(bytes);
    }
}
