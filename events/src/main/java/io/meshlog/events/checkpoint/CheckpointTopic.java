package io.meshlog.events.checkpoint;

import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.LogLostException;
import io.meshlog.events.log.PartitionReader;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a fleet as its topic holds them. A checkpoint is there when its last part is; one that was cut short
 * is not seen.
 *
 * <p>The newest is looked for from the topic's end, in steps that grow, and the others by what each tells of the one before
 * it, so that a look costs a few records and not the whole topic. Blocks; for one thread.
 */
public final class CheckpointTopic implements AutoCloseable {
    /** How many checkpoints are looked for at most. */
    public static final int MOST = 1_000;

    private static final long FIRST_STEP = 8;
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointTopic.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Topics topics;
    private final Duration timeout;
    private final PartitionReader reader;
    private final CheckpointRecords records = new CheckpointRecords();

    /** @param timeout of each question to the brokers, and of each wait for records */
    public CheckpointTopic(KafkaConnection kafka, Topics topics, Duration timeout) {
        this.topics = topics;
        this.timeout = timeout;
        this.reader = new PartitionReader(kafka, topics.checkpoints(), true);
    }

    /** The offset the next part will have. */
    public long end() {
        return reader.end(timeout);
    }

    /** The newest whole checkpoint, null where there is none. */
    public @Nullable Seal newest() {
        List<Seal> found = list(1);
        return found.isEmpty() ? null : found.getFirst();
    }

    /**
     * The whole checkpoints, newest first. One whose last part is damaged is passed over, and the log says so.
     *
     * @param most how many, at most {@value #MOST}
     * @throws TimeoutException if the brokers do not answer
     */
    public List<Seal> list(int most) {
        List<Seal> seals = new ArrayList<>();
        long beginning = reader.beginning(timeout);
        Seal seal = lastSeal(beginning, reader.end(timeout));
        while (seal != null && seals.size() < Math.min(most, MOST)) {
            seals.add(seal);
            seal = before(seal, beginning);
        }
        return seals;
    }

    private @Nullable Seal before(Seal seal, long beginning) {
        if (seal.previous() < beginning) {
            return null;
        }
        Seal told = lastSealIn(seal.previous(), seal.previous() + 1);
        // damaged, or of a maker that did not know of the one in between
        return told == null ? lastSeal(beginning, seal.previous()) : told;
    }

    private @Nullable Seal lastSeal(long beginning, long end) {
        long to = end;
        for (long step = FIRST_STEP; to > beginning; step *= FIRST_STEP) {
            long from = Math.max(beginning, to - step);
            Seal seal = lastSealIn(from, to);
            if (seal != null) {
                return seal;
            }
            to = from;
        }
        return null;
    }

    private @Nullable Seal lastSealIn(long from, long to) {
        AtomicReference<@Nullable Seal> newest = new AtomicReference<>();
        try {
            each(from, to, record -> {
                if (CheckpointRecords.isSeal(record)) {
                    meet(record, newest);
                }
            });
        } catch (LogLostException gone) {
            LOG.debug("{} is no longer from offset {} on", topics.checkpoints(), from);
        }
        return newest.get();
    }

    private void meet(ConsumerRecord<byte[], byte[]> record, AtomicReference<@Nullable Seal> newest) {
        try {
            newest.set(records.seal(record));
        } catch (DamagedCheckpointException damaged) {
            LOG.warn("a checkpoint is passed over: {}", damaged.getMessage());
        }
    }

    /**
     * Reads a checkpoint part by part, in order, and checks it as it goes. What the parts were given to has a whole
     * checkpoint exactly if this returns.
     *
     * @throws DamagedCheckpointException in words, if a part is missing or is not what was written
     */
    public void read(Seal seal, BiConsumer<EncodedPart, CheckpointPart> parts) {
        CheckpointCodec codec = records.codec();
        CheckpointCheck check = new CheckpointCheck();
        String key = seal.checkpoint().id() + "/";
        try {
            each(seal.firstOffset(), seal.offset() + 1, record -> {
                if (isOf(key, record)) {
                    EncodedPart encoded = records.encoded(record);
                    CheckpointPart part = encoded.decode(codec);
                    check.add(part);
                    parts.accept(encoded, part);
                }
            });
        } catch (LogLostException gone) {
            throw new DamagedCheckpointException(
                    "the parts of checkpoint %s are no longer in %s"
                            .formatted(seal.checkpoint().id(), topics.checkpoints()),
                    gone);
        }
        Checkpoint whole = check.whole();
        if (!whole.equals(seal.checkpoint())) {
            throw new DamagedCheckpointException("the parts are of %s, its end is of %s".formatted(whole, seal));
        }
    }

    private static boolean isOf(String key, ConsumerRecord<byte[], byte[]> record) {
        return record.key() != null && new String(record.key(), StandardCharsets.ISO_8859_1).startsWith(key);
    }

    /** Gives out what stands in [from, to), as far as it is still there. */
    private void each(long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        reader.seek(from);
        long deadline = System.nanoTime() + timeout.toNanos();
        while (reader.position() < to) {
            long before = reader.position();
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL, Function.identity())) {
                if (record.offset() < to) {
                    taker.accept(record);
                }
            }
            if (reader.position() > before) {
                deadline = System.nanoTime() + timeout.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "%s gives nothing out at offset %d within %s".formatted(topics.checkpoints(), before, timeout));
            }
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
