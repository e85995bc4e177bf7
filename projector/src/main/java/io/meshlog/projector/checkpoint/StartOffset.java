package io.meshlog.projector.checkpoint;

import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.log.Topics;
import io.meshlog.projector.streams.FoldSite;
import io.meshlog.projector.streams.StopCause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses where the fold begins, before Streams starts. Where there is a state, nowhere but at the offset the group
 * committed together with it. Where there is none, at the newest whole checkpoint, and without one at the log's beginning.
 *
 * <p>Refuses, in words, what Streams would only meet later or would have to guess at: a log that has lost its beginning
 * or the next offset, a log that ends before it, a state whose offset is gone.
 */
public final class StartOffset {
    private static final long TIMEOUT_MS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(StartOffset.class);

    private final Admin admin;
    private final FoldSite site;
    private final StoreSeed seed;
    private final TopicPartition events;
    private final long saidUpTo;

    /** @param saidUpTo the offset of the last event whose decision is in the changelog, -1 for none */
    public StartOffset(Admin admin, FoldSite site, long saidUpTo) {
        this.admin = admin;
        this.site = site;
        this.seed = new StoreSeed(admin, site);
        this.events = new TopicPartition(site.topics().events(), Topics.PARTITION);
        this.saidUpTo = saidUpTo;
    }

    /**
     * @return what stands against starting, null for nothing
     * @throws TimeoutException if Kafka does not answer
     * @throws ExecutionException if it answers with an error
     * @throws IOException if what is left of a lost store cannot be removed
     */
    public @Nullable StopCause choose() throws InterruptedException, ExecutionException, TimeoutException, IOException {
        // asked in this order: while another instance folds, what it commits runs ahead of an end that was asked before
        Long committed = committed();
        long beginning = offset(OffsetSpec.earliest());
        long end = offset(OffsetSpec.latest());
        if (saidUpTo >= end) {
            return gone(
                    "the changelog has what was decided up to offset %d of %s, but the log ends at %d: acknowledged events were lost; restore the fleet from its newest checkpoint with `meshlog admin restore --refound`",
                    saidUpTo, events.topic(), end);
        }
        if (!seed.holdsState()) {
            return chooseFirst(committed, beginning, end);
        }
        if (committed == null) {
            return gone(
                    "there is a state in %s, but the group %s has no offset for %s: its offsets expired or were deleted; delete that topic, and the state is built anew from the newest checkpoint",
                    site.storeTopic(), site.group(), events.topic());
        }
        if (committed < beginning) {
            return gone(
                    "the fold goes on at offset %d of %s, but the log begins at %d: events were deleted before they were decided; what is missing can only come from a checkpoint",
                    committed, events.topic(), beginning);
        }
        if (committed > end) {
            return gone(
                    "the fold goes on at offset %d of %s, but the log ends at %d: acknowledged events were lost; restore the fleet from its newest checkpoint with `meshlog admin restore --refound`",
                    committed, events.topic(), end);
        }
        return null;
    }

    private static StopCause gone(String words, Object... values) {
        return new StopCause.OffsetGone(words.formatted(values));
    }

    private @Nullable StopCause chooseFirst(@Nullable Long committed, long beginning, long end)
            throws InterruptedException, ExecutionException, TimeoutException, IOException {
        List<String> damages = new ArrayList<>();
        for (Seal seal : seed.checkpoints()) {
            long next = seal.checkpoint().eventOffset() + 1;
            if (next < beginning || next > end) {
                damages.add("%s goes on at offset %d, the log is from %d to %d"
                        .formatted(seal.checkpoint().id(), next, beginning, end));
                continue;
            }
            try {
                seed.plant(seal);
                return null;
            } catch (DamagedCheckpointException damaged) {
                LOG.error("checkpoint {} is not used: {}", seal.checkpoint().id(), damaged.getMessage());
                damages.add(String.valueOf(damaged.getMessage()));
            }
        }
        if (beginning > 0) {
            return gone(
                    "there is no state, and %s begins at offset %d: a start needs a checkpoint or the log from its founding on; checkpoints: %s",
                    events.topic(), beginning, damages.isEmpty() ? "none" : String.join("; ", damages));
        }
        if (committed == null || committed > 0) {
            beginAtFounding();
        }
        return null;
    }

    private void beginAtFounding() throws InterruptedException, ExecutionException, TimeoutException, IOException {
        // what is left here of a lost topic would pass for a part of the new one
        Scratch.deleteAll(site.directory());
        try {
            await(admin.alterConsumerGroupOffsets(site.group(), Map.of(events, new OffsetAndMetadata(0)))
                    .all());
            LOG.info("first start: {} begins at offset 0 of {}", site.group(), events.topic());
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case UnknownMemberIdException other -> LOG.info("another instance of {} started first", site.group());
                case GroupNotEmptyException other -> LOG.info("another instance of {} started first", site.group());
                case RebalanceInProgressException other ->
                    LOG.info("another instance of {} started first", site.group());
                case null, default -> throw failed;
            }
        }
    }

    private @Nullable Long committed() throws InterruptedException, ExecutionException, TimeoutException {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    await(admin.listConsumerGroupOffsets(site.group()).partitionsToOffsetAndMetadata());
            OffsetAndMetadata committed = offsets.get(events);
            return committed == null ? null : committed.offset();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return null;
            }
            throw failed;
        }
    }

    private long offset(OffsetSpec spec) throws InterruptedException, ExecutionException, TimeoutException {
        var found = await(admin.listOffsets(Map.of(events, spec)).all()).get(events);
        return Objects.requireNonNull(found).offset();
    }

    private static <T> T await(KafkaFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }
}
