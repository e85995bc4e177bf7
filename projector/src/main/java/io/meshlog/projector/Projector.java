package io.meshlog.projector;

import io.meshlog.projector.Groundwork.Outcome;
import io.meshlog.projector.ProjectorStatus.State;
import io.meshlog.projector.checkpoint.CheckpointKeeper;
import io.meshlog.projector.decider.DeciderLoop;
import io.meshlog.projector.decider.EventVoice;
import io.meshlog.projector.streams.FoldProgress;
import io.meshlog.projector.streams.FoldRun;
import io.meshlog.projector.streams.FoldSite;
import io.meshlog.projector.streams.LogSkipSearch;
import io.meshlog.projector.streams.SkipSearch;
import io.meshlog.projector.streams.StopCause;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One projector: prepares what it needs, runs the fold and stands for decider, and says how it is.
 *
 * <pre>
 *   Waiting --everything answers--> Running --the fold, an offset, faults--> Stopped
 *      ^                              ^ ^ <--Kafka is away or back--> Hindered  |
 *      |                               +--------a SKIP event is in the log------+
 *      +--Kafka or the registry is away
 *   any --close--> Closed
 * </pre>
 *
 * <p>As many instances as wanted may run for a fleet; one folds, the others keep its state warm. {@link #start} and
 * {@link #close} are for one thread, {@link #status} for any. What happens in between happens on a thread of its own.
 */
public final class Projector implements AutoCloseable {
    /** Between tries of what does not answer, and between looks for a SKIP. */
    private static final long RETRY_MS = 1_000;

    private static final long CLOSE_MS = 40_000;

    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);

    private final ProjectorConfig config;
    private final FoldSite site;
    private final boolean pinned;
    private final SkipSearch skips;
    private final FoldProgress progress = new FoldProgress();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("projector").unstarted(this::live);
    private final @Nullable StatusServer server;

    private volatile State state = new State.Waiting("it has not begun yet");
    private volatile @Nullable FoldRun run;
    private volatile @Nullable DeciderLoop decider;
    private volatile boolean weakTransactions;

    public Projector(ProjectorConfig config) {
        this(config, true);
    }

    /** @param pinned false leaves the transactional id to Streams, to measure what pinning it is worth */
    public Projector(ProjectorConfig config, boolean pinned) {
        this.config = config;
        this.site = config.site();
        this.pinned = pinned;
        this.skips = new LogSkipSearch(config.kafka().connection(), config.topics());
        this.server = config.http() == null ? null : new StatusServer(config.http(), this::status, progress);
    }

    /** Returns at once. */
    public void start() {
        if (server != null) {
            server.start();
        }
        thread.start();
    }

    public ProjectorStatus status() {
        FoldRun current = run;
        DeciderLoop loop = decider;
        return new ProjectorStatus(
                state,
                current != null && current.active(),
                progress.lastEventOffset(),
                progress.revision(),
                loop == null ? "not started" : loop.status(),
                weakTransactions);
    }

    /** The port that status is served on, -1 for none. */
    public int statusPort() {
        return server == null ? -1 : server.port();
    }

    /** Hands over to a standby: leaves its groups, then returns. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (server != null) {
            server.close();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void live() {
        try {
            while (!isClosing()) {
                switch (new Groundwork(config).attempt()) {
                    case Outcome.Ready ready -> work(ready);
                    case Outcome.NotYet notYet -> {
                        become(new State.Waiting(notYet.words()));
                        rest();
                    }
                    case Outcome.Refused refused -> {
                        become(new State.Stopped(refused.cause()));
                        closing.await();
                    }
                }
            }
        } catch (InterruptedException closed) {
            LOG.debug("the projector closes");
        } catch (RuntimeException failed) {
            LOG.error("the projector failed", failed);
            become(new State.Stopped(new StopCause.Faults("the projector failed: " + failed)));
            return;
        }
        become(new State.Closed());
    }

    private void work(Outcome.Ready ready) throws InterruptedException {
        weakTransactions = ready.weakTransactions();
        try (EventVoice voice = DeciderWiring.voice(config, ready.eventsSchema());
                CheckpointKeeper checkpoints = DeciderWiring.checkpoints(config, ready.checkpointsSchema());
                DeciderLoop loop = DeciderWiring.loop(config, voice, checkpoints)) {
            decider = loop;
            loop.start();
            while (!isClosing()) {
                StopCause cause = fold(ready);
                if (cause != null) {
                    become(new State.Stopped(cause));
                    awaitRemedy(cause);
                }
            }
        }
    }

    /** Folds until it stops or this projector closes, which is null. */
    private @Nullable StopCause fold(Outcome.Ready ready) throws InterruptedException {
        try (FoldRun current = new FoldRun(site, ready.changesSchema(), ready.saidUpTo(), skips, progress, pinned)) {
            run = current;
            current.start();
            become(new State.Running());
            return watch(current);
        } finally {
            run = null;
        }
    }

    private @Nullable StopCause watch(FoldRun current) throws InterruptedException {
        try (KafkaLook look = new KafkaLook(config.kafka().connection(), config.topics())) {
            while (!isClosing()) {
                StopCause cause = current.awaitStop(RETRY_MS);
                if (cause != null) {
                    return cause;
                }
                String missing = look.missing(current.active(), progress.lastEventOffset());
                if (missing != null && state instanceof State.Hindered) {
                    // the figures in the words change with every look, which is no news
                    state = new State.Hindered(missing);
                } else {
                    become(missing == null ? new State.Running() : new State.Hindered(missing));
                }
            }
            return null;
        }
    }

    /** Only a SKIP event lets a stopped fold go on by itself; the rest is for an operator and a new start. */
    private void awaitRemedy(StopCause cause) throws InterruptedException {
        if (!(cause instanceof StopCause.Fold fold) || !fold.skippable()) {
            closing.await();
            return;
        }
        while (!isClosing()) {
            rest();
            try {
                if (skips.find(fold.eventOffset()).isPresent()) {
                    LOG.info("the log skips offset {}, the fold goes on", fold.eventOffset());
                    return;
                }
            } catch (KafkaException away) {
                LOG.warn("no look for a SKIP of offset {}: {}", fold.eventOffset(), away.toString());
            }
        }
    }

    private void rest() throws InterruptedException {
        if (closing.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
            LOG.debug("the projector closes");
        }
    }

    private void become(State next) {
        if (!next.equals(state)) {
            LOG.info("projector of {}: {} -> {}", config.fleet(), state, next);
            state = next;
        }
    }
}
