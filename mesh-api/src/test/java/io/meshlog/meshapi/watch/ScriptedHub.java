package io.meshlog.meshapi.watch;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Kind;
import io.meshlog.meshapi.feed.ReplicaFoldAccess;
import io.meshlog.meshapi.feed.ScriptedFleet;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.watch.WatchSpec.Start;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fleet, a replica of it and its hub, all in the test's thread: nothing happens before {@link #run}. */
final class ScriptedHub {
    static final Selector OPAQUE = new Selector(Set.of(), Set.of(Kind.OPAQUE), Set.of(), Set.of(), Map.of());
    static final HubLimits LIMITS = new HubLimits(
            8,
            1 << 20,
            3,
            1 << 16,
            5,
            4,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));

    final ScriptedFleet fleet = new ScriptedFleet(100);
    final MemoryReplicaStore store = new MemoryReplicaStore();
    final ReplicaFoldAccess replica = new ReplicaFoldAccess(store);
    final Queue<Runnable> loop = new ArrayDeque<>();
    final Queue<Runnable> catchUps = new ArrayDeque<>();
    final List<RuntimeException> faults = new ArrayList<>();
    final RingWatchHub hub;
    long nowMs = 1_000_000;
    private int fed;

    ScriptedHub() {
        hub = new RingWatchHub(
                store,
                new TextEncoder(),
                LIMITS,
                List.of(loop::add),
                catchUps::add,
                () -> Instant.ofEpochMilli(nowMs),
                faults::add);
        feed();
        hub.synced(revision(), false);
    }

    long revision() {
        return fleet.state.revision();
    }

    ResumeToken token(long revision) {
        return new ResumeToken(store.position().logId(), revision);
    }

    /** The replica applies what the fleet has decided. */
    void feed() {
        List<ChangeRecord> records = fleet.changelog();
        hub.append(replica.take(records.subList(fed, records.size())));
        fed = records.size();
    }

    /** One write each, applied. */
    void upsert(String... names) {
        for (String name : names) {
            fleet.upsert(name, "of revision " + (revision() + 1));
        }
        feed();
    }

    void runLoop() {
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    /** Everything that can be done now. */
    void run() {
        while (!loop.isEmpty() || !catchUps.isEmpty()) {
            runLoop();
            if (!catchUps.isEmpty()) {
                catchUps.remove().run();
            }
        }
    }

    void pass(Duration time) {
        nowMs += time.toMillis();
        hub.tick();
        run();
    }

    Reader open(Selector selector, Start start) {
        return new Reader(selector, start);
    }

    /** Writes down what it is sent; takes as many messages as it has credit for. */
    final class Reader implements WatchSink {
        final List<String> seen = new ArrayList<>();
        final List<List<String>> batches = new ArrayList<>();
        final Watch watch;
        int credit = Integer.MAX_VALUE;
        boolean broken;

        @Nullable
        ResumeToken token;

        @Nullable
        WatchEnd end;

        Reader(Selector selector, Start start) {
            watch = hub.open(new WatchSpec(selector, start), this);
        }

        List<String> takeSeen() {
            List<String> taken = List.copyOf(seen);
            seen.clear();
            batches.clear();
            return taken;
        }

        void take(int messages) {
            credit = messages;
            watch.onReady();
            run();
        }

        @Override
        public boolean isReady() {
            return credit > 0;
        }

        @Override
        public void send(List<byte[]> changes) {
            credit--;
            if (broken) {
                throw new IllegalStateException("the call is over");
            }
            List<String> batch = changes.stream()
                    .map(change -> new String(change, StandardCharsets.UTF_8))
                    .map(change -> change.replace("eastus/opaque/", "").replaceAll("\\|$", ""))
                    .toList();
            batches.add(batch);
            seen.addAll(batch);
        }

        @Override
        public void synced(ResumeToken at) {
            token = at;
            seen.add("synced " + at.revision());
        }

        @Override
        public void bookmark(ResumeToken at) {
            token = at;
            seen.add("bookmark " + at.revision());
        }

        @Override
        public void resync(String reason) {
            seen.add("resync: " + reason);
        }

        @Override
        public void closed(WatchEnd ended) {
            end = ended;
            seen.add("closed: " + ended.reason());
        }
    }
}
