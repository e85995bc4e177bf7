package io.meshlog.projector.streams;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * Chooses where the fold begins, before Streams starts: at the log's beginning where nothing was ever folded, and
 * otherwise nowhere but at the offset the group committed together with its state.
 *
 * <p>Refuses, in words, what Streams would only meet later or would have to guess at: a log that has lost its beginning
 * or the next offset, a log that ends before it, a state whose offset is gone.
 */
public final class StartOffset {
    private static final long TIMEOUT_MS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(StartOffset.class);

    private final Admin admin;
    private final String group;
    private final TopicPartition events;
    private final TopicPartition storeChangelog;

    public StartOffset(Admin admin, String group, String eventsTopic) {
        this.admin = admin;
        this.group = group;
        this.events = new TopicPartition(eventsTopic, 0);
        this.storeChangelog = new TopicPartition(group + "-" + FleetTopology.STORE + "-changelog", 0);
    }

    /**
     * @return what stands against starting, null for nothing
     * @throws TimeoutException if Kafka does not answer
     * @throws ExecutionException if it answers with an error
     */
    @Nullable
    public StopCause choose() throws InterruptedException, ExecutionException, TimeoutException {
        // asked in this order: while another instance folds, what it commits runs ahead of an end that was asked before
        Long committed = committed();
        long beginning = offset(events, OffsetSpec.earliest());
        long end = offset(events, OffsetSpec.latest());
        if (committed == null) {
            return chooseFirst(beginning);
        }
        if (committed < beginning) {
            return new StopCause.OffsetGone(
                    "the fold goes on at offset %d of %s, but the log begins at %d: events were deleted before they were decided; what is missing can only come from a checkpoint"
                            .formatted(committed, events.topic(), beginning));
        }
        if (committed > end) {
            return new StopCause.OffsetGone(
                    "the fold goes on at offset %d of %s, but the log ends at %d: acknowledged events were lost"
                            .formatted(committed, events.topic(), end));
        }
        return null;
    }

    private @Nullable StopCause chooseFirst(long beginning)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (storeHoldsState()) {
            return new StopCause.OffsetGone(
                    "there is a state in %s, but the group %s has no offset for %s: its offsets expired or were deleted; set the group's offset to the one after the last change's eventOffset in the changelog"
                            .formatted(storeChangelog.topic(), group, events.topic()));
        }
        if (beginning > 0) {
            return new StopCause.OffsetGone(
                    "nothing was folded yet and %s begins at offset %d: a first start needs the log from its founding on"
                            .formatted(events.topic(), beginning));
        }
        try {
            await(admin.alterConsumerGroupOffsets(group, Map.of(events, new OffsetAndMetadata(0)))
                    .all());
            LOG.info("first start: {} begins at offset 0 of {}", group, events.topic());
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case UnknownMemberIdException other -> LOG.info("another instance of {} started first", group);
                case GroupNotEmptyException other -> LOG.info("another instance of {} started first", group);
                case RebalanceInProgressException other -> LOG.info("another instance of {} started first", group);
                case null, default -> throw failed;
            }
        }
        return null;
    }

    private @Nullable Long committed() throws InterruptedException, ExecutionException, TimeoutException {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            OffsetAndMetadata committed = offsets.get(events);
            return committed == null ? null : committed.offset();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return null;
            }
            throw failed;
        }
    }

    private boolean storeHoldsState() throws InterruptedException, ExecutionException, TimeoutException {
        Set<String> topics = await(admin.listTopics().names());
        return topics.contains(storeChangelog.topic())
                && offset(storeChangelog, OffsetSpec.latest()) > offset(storeChangelog, OffsetSpec.earliest());
    }

    private long offset(TopicPartition partition, OffsetSpec spec)
            throws InterruptedException, ExecutionException, TimeoutException {
        var found = await(admin.listOffsets(Map.of(partition, spec)).all()).get(partition);
        return Objects.requireNonNull(found).offset();
    }

    private static <T> T await(KafkaFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }
}
