package io.meshlog.meshapi.replica;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.feed.AppliedBatch;
import io.meshlog.meshapi.feed.Feed;
import io.meshlog.meshapi.feed.FeedListener;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.writing.FleetView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A replica as its doors see it: what is held, and whether it may be served.
 *
 * <p>It is served from the moment the store was complete once, also from an earlier start and also while Kafka is away: old
 * and said to be so is better than nothing for an agent that restarts. It is not served while the store is not known to be
 * right: before the first time, between revisions while it catches up over the compacted part of the log, after a divergence
 * until it is rebuilt, and after a fault.
 *
 * <p>To be told of what the feed does, on its thread; the rest is for any.
 */
public final class Replica implements FleetView, FeedListener {
    private static final ValueEncoding VALUES = new ValueCodec();

    private final ReplicaStore store;
    private final Supplier<Feed> feed;
    private final Faults faults;
    private volatile boolean catchingUp;
    private volatile boolean betweenRevisions;

    /** @param feed the feed that is told to tell this replica: it is made after it */
    public Replica(ReplicaStore store, Supplier<Feed> feed, Faults faults) {
        this.store = store;
        this.feed = feed;
        this.faults = faults;
        this.betweenRevisions = !store.position().whole();
    }

    @Override
    public void onApplied(AppliedBatch batch) {
        betweenRevisions = catchingUp;
    }

    @Override
    public void onSynced(long revision, boolean rebuilt) {
        catchingUp = false;
        betweenRevisions = false;
    }

    @Override
    public void onCatchingUp() {
        catchingUp = true;
    }

    @Override
    public void onState(FeedState state) {
        if (state instanceof FeedState.Diverged) {
            betweenRevisions = true;
        }
    }

    public ReplicaStore store() {
        return store;
    }

    public Feed feed() {
        return feed.get();
    }

    /** The fault that took it out of service for good, in words; null where there was none. */
    public @Nullable String fault() {
        String first = faults.first();
        return first == null ? null : "out of service: " + first;
    }

    /** Why nothing is served, in words; null where it is. */
    public @Nullable String outOfService() {
        String fault = fault();
        if (fault != null) {
            return fault;
        }
        FeedState state = feed().state();
        return switch (state) {
            case FeedState.Diverged diverged -> diverged.condition();
            case FeedState.Stopped stopped -> "out of service: " + stopped.condition();
            case FeedState.Bootstrapping bootstrapping -> notWhole(state);
            case FeedState.Disconnected disconnected -> notWhole(state);
            case FeedState.Lagging lagging -> notWhole(state);
            case FeedState.Following following -> null;
        };
    }

    private @Nullable String notWhole(FeedState state) {
        return betweenRevisions ? "what is held is not complete yet; %s".formatted(state.condition()) : null;
    }

    /** Whether what is served is complete up to a recent revision. */
    public boolean synced() {
        return notReady() == null;
    }

    @Override
    public @Nullable String notReady() {
        String out = outOfService();
        if (out != null) {
            return out;
        }
        FeedState state = feed().state();
        return state.synced() ? null : "%s: %s".formatted(state.name(), state.condition());
    }

    /** How it stands to the log, in one word; {@code Stopped} after a fault. */
    public String stateName() {
        return faults.first() == null ? feed().state().name() : "Stopped";
    }

    /** Milliseconds since what is held was last known to be all there is; -1 before the first time. */
    public long stalenessMs() {
        return feed().stalenessMs();
    }

    /** All that is the matter, in words; empty where nothing is. */
    public List<String> conditions() {
        List<String> conditions = new ArrayList<>();
        String out = outOfService();
        String condition = feed().state().condition();
        if (out != null) {
            conditions.add(out);
        } else if (!condition.isEmpty()) {
            conditions.add(condition);
        }
        return conditions;
    }

    /**
     * A view of now, for the caller to close.
     *
     * @throws io.meshlog.meshapi.failure.FailedCallException OUT_OF_SERVICE where nothing may be served
     */
    public ReplicaSnapshot snapshot() {
        String out = outOfService();
        if (out != null) {
            throw Failure.OUT_OF_SERVICE.because("%s", out);
        }
        return store.snapshot();
    }

    /**
     * Completes when everything decided before this call can be read here.
     *
     * <p>Fails with {@link io.meshlog.meshapi.failure.FailedCallException}: NOT_READY where the log's end is not reached in
     * time, OVERLOADED where too many wait.
     */
    public CompletionStage<Long> awaitStableEnd(Duration timeout) {
        return feed().awaitStableEnd(timeout).exceptionally(failed -> {
            Throwable cause =
                    failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
            throw switch (cause) {
                case TimeoutException late ->
                    Failure.NOT_READY.because(
                            "the log's end was not reached within %d ms; a read that is not linearizable is answered at once",
                            timeout.toMillis());
                case RejectedExecutionException full ->
                    Failure.OVERLOADED.because("too many linearizable reads wait already");
                default -> Failure.NOT_READY.because("the log's end could not be asked for: %s", cause);
            };
        });
    }

    @Override
    public @Nullable Fleet fleet() {
        return read(ResourceKey.FLEET) instanceof Fleet fleet ? fleet : null;
    }

    @Override
    public @Nullable Cluster cluster(String name) {
        return read(ResourceKey.cluster(name)) instanceof Cluster cluster ? cluster : null;
    }

    @Override
    public @Nullable Session session(ResourceKey key) {
        return read(key) instanceof Session session ? session : null;
    }

    private @Nullable Resource read(ResourceKey key) {
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            Value value = value(snapshot.get(key));
            return value == null ? null : value.resource();
        }
    }

    /** What an entry holds; null for none and for deletes. */
    public static @Nullable Value value(@Nullable Entry entry) {
        EncodedValue encoded = entry == null ? null : entry.value();
        return encoded == null ? null : VALUES.decode(encoded);
    }
}
