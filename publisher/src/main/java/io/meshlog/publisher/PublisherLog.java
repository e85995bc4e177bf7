package io.meshlog.publisher;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.export.Skipped;
import io.meshlog.publisher.outbox.OutboxListener;
import io.meshlog.publisher.outbox.OutboxState;
import io.meshlog.publisher.outbox.OutboxState.BackingOff;
import io.meshlog.publisher.outbox.OutboxState.Fenced;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what an operator has to know, and keeps the last refusals for status. On the publisher's thread. */
final class PublisherLog implements OutboxListener {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final String cluster;
    private final Deque<String> refused = new ArrayDeque<>();

    PublisherLog(String cluster) {
        this.cluster = cluster;
    }

    List<String> refused() {
        return List.copyOf(refused);
    }

    @Override
    public void onTransition(OutboxState from, OutboxState to) {
        if (from.getClass() == to.getClass()) {
            LOG.debug("cluster {}: {} -> {}", cluster, from, to);
        } else if (to instanceof BackingOff || to instanceof Fenced) {
            LOG.warn("cluster {}: {} -> {}", cluster, from, to);
        } else {
            LOG.info("cluster {}: {} -> {}", cluster, from, to);
        }
    }

    @Override
    public void onSynced(long revision) {
        LOG.info("cluster {}: all that is declared is decided, revision {}", cluster, revision);
    }

    @Override
    public void onRefused(List<Refused> refusals) {
        for (Refused refusal : refusals) {
            LOG.warn(
                    "cluster {}: event {} was refused ({} resources), {}: {}",
                    cluster,
                    refusal.sequence(),
                    refusal.resources(),
                    refusal.rule(),
                    refusal.message());
            if (refused.size() == PublisherStatus.MAX_REFUSED) {
                refused.removeFirst();
            }
            refused.addLast(refusal.rule() + ": " + refusal.message());
        }
    }

    @Override
    public void onTooLarge(ResourceKey key, int bytes, int limit) {
        LOG.error(
                "cluster {}: {} takes {} bytes, an event may have {}: the fleet goes without it",
                cluster,
                key,
                bytes,
                limit);
    }

    void onProblems(List<String> problems) {
        if (problems.isEmpty()) {
            LOG.info("cluster {}: the source is well again", cluster);
        }
        problems.forEach(problem -> LOG.warn("cluster {}: {}", cluster, problem));
    }

    void onSkipped(List<Skipped> skipped) {
        skipped.forEach(skip -> LOG.warn("cluster {}: {} is not exported: {}", cluster, skip.object(), skip.reason()));
    }

    void onFault(RuntimeException fault) {
        LOG.error("cluster {}: a step failed; nothing is published any more until it is started again", cluster, fault);
    }
}
