package io.meshlog.projector.checkpoint;

import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.CheckpointTopicWriter;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.projector.decider.CheckpointOffice.Anchor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one checkpoint from the changelog: reads it up to the trace of the event that asked for a digest, compares what it
 * has read with that digest, and only then writes. The fold is not asked and does not wait.
 *
 * <p>The changelog gives the state of any event only as long as compaction has not taken what later events replaced, so a
 * reading that takes longer than {@value #READ_LIMIT_MS} ms is given up; {@code min.compaction.lag.ms} is longer. Blocks;
 * for one thread.
 */
final class CheckpointMaker {
    private static final long READ_LIMIT_MS = 600_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointMaker.class);

    private final KafkaConnection kafka;
    private final Topics topics;
    private final ReleaseIds ids;
    private final Path folder;
    private final ValueCodec values = new ValueCodec();

    /**
     * @param ids of the checkpoints' schemas in the registry
     * @param folder its own, for what does not fit into memory
     */
    CheckpointMaker(KafkaConnection kafka, Topics topics, ReleaseIds ids, Path folder) {
        this.kafka = kafka;
        this.topics = topics;
        this.ids = ids;
        this.folder = folder;
    }

    /** What was read of the changelog besides its entries. */
    private static final class Reading {
        @Nullable
        Digest digest;

        @Nullable
        Fleet fleet;

        boolean complete;
    }

    /** @throws IOException if there is no state that gives the digest; nothing is written then */
    Seal make(Anchor anchor) throws IOException, InterruptedException {
        long began = System.nanoTime();
        try (FrozenState state = new FrozenState(folder)) {
            Reading reading = read(anchor, state, began);
            Digest digest = Objects.requireNonNull(reading.digest);
            compare(anchor, state, digest);
            Fleet fleet = reading.fleet;
            if (fleet == null) {
                throw new IOException("the changelog has no record of the fleet");
            }
            Checkpoint checkpoint = new Checkpoint(
                    anchor.eventId(),
                    fleet.logId(),
                    anchor.revision(),
                    anchor.eventOffset(),
                    fleet.featureLevel(),
                    state.countParts());
            return write(state, checkpoint, digest, began);
        }
    }

    private Reading read(Anchor anchor, FrozenState state, long began) throws IOException {
        Reading reading = new Reading();
        try (ChangelogReader changelog = new ChangelogReader(kafka, topics)) {
            long end = changelog.stableEnd(TIMEOUT);
            changelog.seek(changelog.beginning(TIMEOUT));
            while (!reading.complete && changelog.position() < end) {
                for (ChangeRecord record : changelog.poll(POLL)) {
                    if (!reading.complete) {
                        take(record, anchor, state, reading);
                    }
                }
                if (elapsedMs(began) > READ_LIMIT_MS) {
                    throw new IOException("the changelog was not read within %d ms".formatted(READ_LIMIT_MS));
                }
            }
        }
        if (!reading.complete || reading.digest == null) {
            throw new IOException("the digest of revision %d, event %d, is no longer in the changelog"
                    .formatted(anchor.revision(), anchor.eventOffset()));
        }
        return reading;
    }

    private void take(ChangeRecord record, Anchor anchor, FrozenState state, Reading reading) throws IOException {
        FleetChange change = record.change();
        if (change == null) {
            state.remove(record.key());
            return;
        }
        boolean ofAnchor = change.provenance().eventId().equals(anchor.eventId());
        switch (change.op()) {
            case DIGEST -> {
                if (ofAnchor) {
                    reading.digest = (Digest) values.decode(Objects.requireNonNull(change.value()))
                            .resource();
                }
            }
            case TRACE -> {
                state.put(change);
                reading.complete = ofAnchor;
            }
            case UPSERT, DELETE -> {
                state.put(change);
                if (change.key().equals(ResourceKey.FLEET)) {
                    reading.fleet = (Fleet) values.decode(Objects.requireNonNull(change.value()))
                            .resource();
                }
            }
        }
    }

    private static void compare(Anchor anchor, FrozenState state, Digest digest)
            throws IOException, InterruptedException {
        Tally tally = new Tally();
        state.each(change -> tally.add(Entry.of(change)));
        if (!tally.digest().equals(digest)) {
            throw new IOException(
                    "what the changelog gives at revision %d is not what the fold said: nothing is written"
                            .formatted(anchor.revision()));
        }
    }

    private Seal write(FrozenState state, Checkpoint checkpoint, Digest digest, long began)
            throws IOException, InterruptedException {
        Seal before;
        try (CheckpointTopic topic = new CheckpointTopic(kafka, topics, TIMEOUT)) {
            before = topic.newest();
        }
        try (CheckpointTopicWriter writer = new CheckpointTopicWriter(kafka, topics, ids, TIMEOUT)) {
            Seal made = state.write(writer, checkpoint, digest, () -> elapsedMs(began), before);
            LOG.info(
                    "checkpoint {} at revision {}, event {}: {} parts, {} bytes, {} ms",
                    checkpoint.id(),
                    checkpoint.revision(),
                    checkpoint.eventOffset(),
                    checkpoint.parts(),
                    made.bytes(),
                    made.tookMs());
            return made;
        }
    }

    private static long elapsedMs(long began) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }
}
