package io.meshlog.meshapi.etcd;

import io.grpc.BindableService;
import io.meshlog.meshapi.etcd.kv.History;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.meshapi.etcd.kv.KvService;
import io.meshlog.meshapi.etcd.kv.RangeRead;
import io.meshlog.meshapi.etcd.lease.LeaseService;
import io.meshlog.meshapi.etcd.watch.WatchService;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.meshapi.etcd.wire.Views;
import io.meshlog.meshapi.etcd.write.ClusterVoice;
import io.meshlog.meshapi.etcd.write.KvWrites;
import io.meshlog.meshapi.etcd.write.SyncedMarks;
import io.meshlog.meshapi.replica.ReadExecutor;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.watch.RecentWrites;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** etcd's services over one replica, put together. */
public final class EtcdServices {
    /**
     * What they stand on.
     *
     * @param name the replica's
     * @param threads of watches
     * @param clock for what readers see
     * @param clockMs milliseconds that only go forward
     * @param heartbeatMs how often a watch of the heartbeat is sent it
     * @param voice takes writes to the log
     * @param leaseThread runs one task after another, of leases
     */
    public record Base(
            String name,
            Replica replica,
            RecentWrites writes,
            ReadExecutor reads,
            WatchService.Threads threads,
            InstantSource clock,
            LongSupplier clockMs,
            long heartbeatMs,
            ClusterVoice voice,
            Executor leaseThread) {}

    private final KvService kv;
    private final WatchService watch;
    private final MaintenanceService maintenance;
    private final ClusterService cluster;
    private final AuthService auth;
    private final LeaseService lease;
    private final SyncedMarks marks;

    /**
     * @param stateOf whose {@code cilium/state} is shown; null for that of the cluster the caller speaks for
     * @param clientUrl where clients reach the face, known once it is served
     * @param certified whether clients are known by certificates
     */
    public EtcdServices(Base base, @Nullable String stateOf, Supplier<String> clientUrl, boolean certified) {
        Headers headers = new Headers(base.name());
        Views views = new Views(stateOf);
        Heartbeat heartbeat = new Heartbeat(base.clock());
        KeyValues values = new KeyValues();
        History history = new History(base.writes(), base.replica()::outOfService);
        RangeRead ranges = new RangeRead(values, base.writes(), heartbeat);
        this.lease = new LeaseService(
                new LeaseService.Base(
                        base.writes(),
                        base.voice(),
                        () -> base.replica().awaitStableEnd(KvService.LINEARIZABLE_TIMEOUT),
                        base.leaseThread(),
                        base.replica()::notReady,
                        base.clockMs(),
                        new SecureRandom()),
                history,
                headers,
                views);
        this.marks = new SyncedMarks(base.writes(), base.voice(), base.clock());
        this.kv = new KvService(
                new KvService.Reading(base.replica(), base.writes(), history, ranges, values, base.reads()),
                new KvWrites(base.voice(), lease.leases()),
                headers,
                views);
        this.watch = new WatchService(
                base.writes(), values, headers, views, heartbeat, base.threads(), base.clockMs(), base.heartbeatMs());
        this.maintenance = new MaintenanceService(base.replica(), history, headers);
        base.writes().listen(new Forgetting(List.of(values::forget, history::forget, ranges::forget), watch));
        this.auth = new AuthService(history, headers, certified);
        this.cluster = new ClusterService(base.name(), clientUrl, history, headers);
    }

    public List<BindableService> all() {
        return List.of(kv, watch, lease, maintenance, cluster, auth);
    }

    /** To be called some times a second. */
    public void tick() {
        watch.tick();
        lease.tick();
    }

    /** To be called every second or so. */
    public void look() {
        marks.look();
    }

    /** Watches that are open. */
    public int openWatches() {
        return watch.openWatches();
    }

    /** Linearizable reads that were answered without the log. */
    public long staleReads() {
        return kv.staleReads();
    }

    /** Lets go of everything that was made of a state which turned out to be wrong, and then tells the watches. */
    private record Forgetting(List<Runnable> everything, WatchService watch) implements RecentWrites.Listener {
        @Override
        public void onWrites() {
            // what was made of earlier writes stays right
            watch.onWrites();
        }

        @Override
        public void onDistrust(String why) {
            everything.forEach(Runnable::run);
            watch.onDistrust(why);
        }

        @Override
        public void onStop(String why) {
            watch.onStop(why);
        }
    }
}
