package io.meshlog.meshapi.gateway;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.writing.EventLog;
import io.meshlog.meshapi.writing.FleetView;
import io.meshlog.meshapi.writing.TraceRouter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How member clusters write. Streams wait in a ring; each turn gives one event of one stream to the log, so that a busy
 * cluster takes what others leave and no more. What limits the turns is what is in the log undecided: per session, and per
 * gateway with frames and changes apart ({@link Budget}). At a limit streams are not read; nothing is dropped.
 *
 * <p>A worked example. Cluster a sends a snapshot of 50 frames of 2,000 resources, cluster b one change. With the default
 * of 8,192, frames of more than 4,096 resources are never undecided together: a's third frame waits for its first to be
 * decided, b's change goes at once.
 *
 * <p>One thread, the loop, owns all state. The public methods may be called on any thread.
 */
public final class Gateway {
    /** Everything one session has here: its streams, most often one, and what it has undecided. */
    private record Desk(List<PublishStream> streams, Undecided undecided) {}

    private final String name;
    private final GatewayLimits limits;
    private final FleetView fleet;
    private final EventLog log;
    private final TraceRouter traces;
    private final Executor loop;
    private final Clocks clocks;
    private final GatewayMeter meter = new GatewayMeter();
    private final Budget budget;
    private final Map<ResourceKey, Desk> desks = new HashMap<>();
    private final Set<PublishStream> streams = new LinkedHashSet<>();
    private final ArrayDeque<PublishStream> ring = new ArrayDeque<>();
    private final Set<PublishStream> owingAcks = new LinkedHashSet<>();
    private volatile Set<String> connected = Set.of();
    private boolean stopping;

    /**
     * Time and chance.
     *
     * @param nowMs milliseconds that only go forward
     * @param eventIds UUIDv7s for the gateway's own events
     */
    public record Clocks(LongSupplier nowMs, Supplier<UUID> eventIds) {}

    /** @param loop runs one task after another; the one of the log and the traces too */
    public Gateway(
            String name,
            GatewayLimits limits,
            FleetView fleet,
            EventLog log,
            TraceRouter traces,
            Executor loop,
            Clocks clocks) {
        this.name = name;
        this.limits = limits;
        this.fleet = fleet;
        this.log = log;
        this.traces = traces;
        this.loop = loop;
        this.clocks = clocks;
        this.budget = new Budget(limits);
        traces.afterBatch(this::batchDecided);
    }

    /** What it has done since its start. */
    public GatewayMeter meter() {
        return meter;
    }

    /** The clusters whose publishers are connected here, as of a moment ago. */
    public Set<String> connectedClusters() {
        return connected;
    }

    /** Looks again at what the clusters of open streams are admitted with. */
    public void clustersChanged() {
        loop.execute(() -> List.copyOf(streams).forEach(PublishStream::clusterChanged));
    }

    /** To be called every 100 ms or so: makes log writers anew, ends openings that nobody decides. */
    public void tick() {
        loop.execute(() -> {
            log.tick();
            long nowMs = nowMs();
            List.copyOf(streams).forEach(stream -> stream.tick(nowMs));
        });
    }

    /** Ends all streams; clients go on at another gateway. What is in the log stays there. */
    public void stop() {
        loop.execute(() -> {
            stopping = true;
            List.copyOf(streams)
                    .forEach(stream -> stream.fail(Failure.STOPPING, "gateway %s is stopping".formatted(name)));
            log.close();
        });
    }

    /** A client connected. Its stream, to which what it does is told by {@link #run}. */
    PublishStream connect(Principal principal, PublishOutlet outlet) {
        PublishStream stream = new PublishStream(this, principal, outlet);
        run(stream, () -> admit(stream));
        return stream;
    }

    private void admit(PublishStream stream) {
        if (stopping) {
            stream.fail(Failure.STOPPING, "gateway %s is stopping".formatted(name));
        } else if (streams.size() >= limits.maxStreams()) {
            stream.fail(
                    Failure.OVERLOADED,
                    "gateway %s serves its limit of %d streams".formatted(name, limits.maxStreams()));
        } else {
            streams.add(stream);
        }
    }

    /** Does something for a stream on the loop; what goes wrong there ends the stream, not the gateway. */
    void run(PublishStream stream, Runnable task) {
        loop.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException bug) {
                stream.fail(Failure.INTERNAL, "internal error");
                throw bug;
            }
        });
    }

    // What streams ask for, on the loop.

    String name() {
        return name;
    }

    GatewayLimits limits() {
        return limits;
    }

    FleetView fleet() {
        return fleet;
    }

    EventLog log() {
        return log;
    }

    long nowMs() {
        return clocks.nowMs().getAsLong();
    }

    UUID newEventId() {
        return clocks.eventIds().get();
    }

    /** @throws io.meshlog.meshapi.failure.FailedCallException where nothing may be said to the log now */
    void requireWritable() {
        String notReady = fleet.notReady();
        if (notReady != null) {
            throw Failure.NOT_READY.because("gateway %s is not ready: %s", name, notReady);
        }
        if (fleet.fleet() == null) {
            throw Failure.NOT_READY.because("the fleet is not founded yet");
        }
        String away = log.away();
        if (away != null) {
            throw Failure.LOG_UNAVAILABLE.because("the log does not take events: %s", away);
        }
    }

    /** From now on, what is decided for the session is told to the stream. */
    void seat(PublishStream stream, ResourceKey key) {
        Desk desk = desks.computeIfAbsent(key, none -> new Desk(new ArrayList<>(), new Undecided(budget)));
        desk.streams().add(stream);
        traces.listen(key, session -> decided(desk, session));
    }

    /** Ends other streams of the same session and incarnation: their client came back. */
    void endOthers(PublishStream stream, ResourceKey key, Opening opening) {
        Desk desk = Objects.requireNonNull(desks.get(key), "a stream serves without a seat");
        for (PublishStream other : List.copyOf(desk.streams())) {
            if (other != stream) {
                other.endIfReplacedBy(opening);
            }
        }
    }

    /** A stream has something to give to the log. */
    void waits(PublishStream stream, boolean first) {
        if (first) {
            ring.addLast(stream);
        }
        pump();
    }

    void owesAck(PublishStream stream) {
        owingAcks.add(stream);
    }

    /** A stream has ended; what it sent stays undecided until it is decided. */
    void left(PublishStream stream, @Nullable ResourceKey key) {
        streams.remove(stream);
        ring.remove(stream);
        owingAcks.remove(stream);
        Desk desk = key == null ? null : desks.get(key);
        if (desk != null && key != null) {
            desk.streams().remove(stream);
            clear(key, desk);
        }
        count();
    }

    /** The log did not keep what the session sent: there is room for others. */
    void lost(ResourceKey key) {
        Desk desk = desks.get(key);
        if (desk != null) {
            clear(key, desk);
        }
        pump();
    }

    private void clear(ResourceKey key, Desk desk) {
        if (desk.streams().isEmpty() && desk.undecided().size() == 0) {
            desks.remove(key);
            traces.forget(key);
        }
    }

    private void decided(Desk desk, Session session) {
        PublishStream sender = session.answer() == null
                ? null
                : desk.undecided()
                        .senderOf(session.eventOffset(), session.answer().sequence());
        desk.undecided().decided(session);
        for (PublishStream stream : List.copyOf(desk.streams())) {
            stream.decided(session, stream == sender);
        }
        clear(session.key(), desk);
    }

    private void batchDecided() {
        List<PublishStream> owing = List.copyOf(owingAcks);
        owingAcks.clear();
        owing.forEach(PublishStream::flush);
        pump();
    }

    /** Gives turns until no stream can use one. */
    private void pump() {
        int passed = 0;
        while (passed < ring.size()) {
            PublishStream stream = ring.removeFirst();
            ResourceKey key = stream.sessionKey();
            Desk desk = key == null ? null : desks.get(key);
            boolean used = desk != null && stream.takeTurn(desk.undecided(), budget);
            if (!stream.isEnded() && stream.hasWaiting()) {
                ring.addLast(stream);
            }
            passed = used ? 0 : passed + 1;
        }
        count();
    }

    private void count() {
        meter.now(streams.size(), budget);
        connected = streams.stream()
                .filter(PublishStream::isServing)
                .map(PublishStream::cluster)
                .collect(Collectors.toUnmodifiableSet());
    }
}
