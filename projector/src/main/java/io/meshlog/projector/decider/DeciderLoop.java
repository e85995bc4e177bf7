package io.meshlog.projector.decider;

import io.meshlog.events.model.MeshEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election, and while elected runs a {@link Decider} on the changelog.
 *
 * <p>Elected is who the consumer group gives the changelog's only partition. The group is a matter of who tries, not of
 * who may: a member that was paused and still thinks it is elected is fenced by its session's epoch. Each election begins
 * a new decider, which reads the changelog from its beginning; no offsets are committed.
 *
 * <p>One thread of its own, from {@link #start} to {@link #close}; {@link #status} may be asked from any.
 */
public final class DeciderLoop implements AutoCloseable {
    /** How long a poll waits for changes; also how late a tick can be. */
    private static final Duration POLL = Duration.ofMillis(20);

    /** Between tries that failed, of the loop or of an append. */
    private static final long RETRY_MS = 500;

    /** A decider that resigned lets its successor decide before it tries again. */
    private static final long RESIGNED_MS = 5_000;

    private static final long CLOSE_MS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(DeciderLoop.class);

    /** Reads a record of the changelog into a decider. */
    public interface ChangeIntake {
        /** @param record may be a tombstone */
        void take(ConsumerRecord<byte[], byte[]> record, Decider decider);
    }

    /** A member's time as the elected one. */
    private static final class Term {
        final Decider decider;
        final long stableEnd;
        final CheckpointDesk checkpoints;
        long restAtMs = Long.MAX_VALUE;
        long sayAgainAtMs = Long.MAX_VALUE;

        @Nullable
        MeshEvent failed;

        Term(Decider decider, CheckpointOffice office, long stableEnd) {
            this.decider = decider;
            this.checkpoints = new CheckpointDesk(office, decider.checkpoints());
            this.stableEnd = stableEnd;
        }
    }

    private final TopicPartition changelog;
    private final TopicPartition events;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Decider> deciders;
    private final ChangeIntake intake;
    private final Function<MeshEvent, CompletionStage<?>> append;
    private final CheckpointOffice office;
    private final LongSupplier clockMs;

    private final ConcurrentLinkedQueue<MeshEvent> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Consumer<byte[], byte[]> polled;
    private volatile String status = "not elected";
    private @Nullable Term term;
    private boolean elected;

    /**
     * @param consumers members of the election's group: read_committed, without automatic commits and resets
     * @param append appends to the events topic and completes when that is durable; must not block
     * @param office keeps the checkpoints
     * @param clockMs milliseconds since 1970
     */
    public DeciderLoop(
            String changelogTopic,
            String eventsTopic,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Decider> deciders,
            ChangeIntake intake,
            Function<MeshEvent, CompletionStage<?>> append,
            CheckpointOffice office,
            LongSupplier clockMs) {
        this.changelog = new TopicPartition(changelogTopic, 0);
        this.events = new TopicPartition(eventsTopic, 0);
        this.consumers = consumers;
        this.deciders = deciders;
        this.intake = intake;
        this.append = append;
        this.office = office;
        this.clockMs = clockMs;
        this.thread = Thread.ofPlatform().name("decider").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Where the decider stands, in words. */
    public String status() {
        return status;
    }

    /** Leaves the group, so that a successor is elected at once. */
    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> current = polled;
        if (current != null) {
            current.wakeup();
        }
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!isClosing()) {
            try (Consumer<byte[], byte[]> consumer = consumers.get()) {
                polled = consumer;
                consumer.subscribe(List.of(changelog.topic()), new Election(consumer));
                while (!isClosing()) {
                    turn(consumer);
                }
            } catch (WakeupException closed) {
                LOG.debug("the decider closes");
            } catch (KafkaException failed) {
                LOG.warn("the decider lost its place and stands for election again: {}", failed.toString());
                rest();
            } catch (RuntimeException failed) {
                LOG.error("the decider failed and stands for election again", failed);
                rest();
            } finally {
                step(null, false);
            }
        }
    }

    private void rest() {
        try {
            boolean closed = closing.await(RETRY_MS, TimeUnit.MILLISECONDS);
            LOG.debug("rested, closing: {}", closed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void step(@Nullable Term next, boolean isElected) {
        term = next;
        elected = isElected;
        failures.clear();
        status = next == null ? "not elected" : "elected";
    }

    private void turn(Consumer<byte[], byte[]> consumer) {
        var records = consumer.poll(POLL);
        if (!elected) {
            return;
        }
        Term current = term;
        if (current == null) {
            // what was polled before the end was asked for counts too, so the end is asked for first in effect:
            // the seek was done on assignment and nothing polled is dropped
            current = new Term(deciders.get(), office, stableEnd(consumer));
            term = current;
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
            intake.take(record, current.decider);
        }
        if (consumer.position(changelog) >= current.stableEnd) {
            current.decider.onCaughtUp(clockMs.getAsLong());
        }
        if (current.decider.state() instanceof Decider.State.Deciding) {
            current.checkpoints.attend(clockMs.getAsLong());
        }
        say(consumer, current);
        report(consumer, current);
    }

    private long stableEnd(Consumer<byte[], byte[]> consumer) {
        Long end = consumer.endOffsets(List.of(changelog)).get(changelog);
        return end == null ? 0 : end;
    }

    private void say(Consumer<byte[], byte[]> consumer, Term current) {
        long now = clockMs.getAsLong();
        MeshEvent failure = failures.poll();
        if (failure != null) {
            current.failed = failure;
            current.sayAgainAtMs = now + RETRY_MS;
        }
        if (current.failed != null && now >= current.sayAgainAtMs) {
            current.decider.onAppendFailed(current.failed);
            current.failed = null;
        }
        boolean founding = current.decider.state() instanceof Decider.State.Founding;
        MeshEvent event = current.decider.onTick(now, founding && logEmpty(consumer));
        if (event != null) {
            LOG.debug("saying {}", event);
            append.apply(event).whenComplete((done, failed) -> {
                if (failed != null) {
                    LOG.warn("{} could not be appended, it is said again: {}", event, failed.toString());
                    failures.add(event);
                }
            });
        }
    }

    private boolean logEmpty(Consumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(List.of(events));
        Long end = ends.get(events);
        return end != null && end == 0;
    }

    /** Says what changed, and begins anew some time after a decider resigned. */
    private void report(Consumer<byte[], byte[]> consumer, Term current) {
        String now = current.decider.state().toString();
        if (!now.equals(status)) {
            LOG.info("decider: {} -> {}", status, now);
            status = now;
        }
        if (current.decider.state() instanceof Decider.State.Resigned) {
            long nowMs = clockMs.getAsLong();
            if (current.restAtMs == Long.MAX_VALUE) {
                current.restAtMs = nowMs + RESIGNED_MS;
            } else if (nowMs >= current.restAtMs) {
                consumer.seekToBeginning(List.of(changelog));
                step(null, true);
            }
        }
    }

    private final class Election implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;

        Election(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.contains(changelog)) {
                consumer.seekToBeginning(List.of(changelog));
                step(null, true);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (partitions.contains(changelog)) {
                step(null, false);
            }
        }
    }
}
