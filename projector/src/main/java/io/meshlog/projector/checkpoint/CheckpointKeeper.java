package io.meshlog.projector.checkpoint;

import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.projector.decider.CheckpointOffice;
import io.meshlog.projector.streams.FoldSite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes checkpoints and removes what is no longer kept, one thing after another on a thread of its own. At most one making
 * and one look wait, for the decider asks for the next when it has the answer to the last.
 */
public final class CheckpointKeeper implements CheckpointOffice, AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final long CLOSE_MS = 5_000;

    private final FoldSite site;
    private final CheckpointMaker maker;
    private final CheckpointPolicy policy;
    private final Retention retention;
    private final LongSupplier clockMs;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("checkpoints").daemon(true).factory());

    /**
     * @param ids of the checkpoints' schemas in the registry
     * @param folder its own, for what does not fit into memory
     * @param clockMs milliseconds since 1970
     */
    public CheckpointKeeper(FoldSite site, ReleaseIds ids, Path folder, CheckpointPolicy policy, LongSupplier clockMs) {
        this.site = site;
        this.maker = new CheckpointMaker(site.kafka(), site.topics(), ids, folder);
        this.policy = policy;
        this.retention = new Retention(site.kafka(), site.topics(), policy);
        this.clockMs = clockMs;
    }

    @Override
    public CompletionStage<@Nullable Kept> look() {
        return inTurn(() -> {
            List<Seal> seals = tidy();
            return seals.isEmpty() ? null : kept(seals.getFirst());
        });
    }

    @Override
    public CompletionStage<Kept> make(Anchor anchor) {
        return inTurn(() -> {
            Kept made = kept(maker.make(anchor));
            tidy();
            return made;
        });
    }

    private List<Seal> tidy() throws Exception {
        List<Seal> seals;
        try (CheckpointTopic topic = new CheckpointTopic(site.kafka(), site.topics(), TIMEOUT)) {
            seals = topic.list(policy.keep() + 1);
        }
        retention.enforce(seals, clockMs.getAsLong());
        return seals;
    }

    private static Kept kept(Seal seal) {
        return new Kept(seal.checkpoint().eventOffset(), seal.checkpoint().revision(), seal.writtenAtMs());
    }

    private <T extends @Nullable Object> CompletionStage<T> inTurn(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                done.complete(work.call());
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                done.completeExceptionally(closing);
            } catch (Exception failed) {
                done.completeExceptionally(failed);
            }
        });
        return done;
    }

    /** Gives up what it is doing: what is not whole is not used. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            boolean unused = thread.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
