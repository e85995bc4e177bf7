package io.meshlog.meshapi.etcd.lease;

import io.grpc.stub.StreamObserver;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Statement.Transaction;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.access.Role;
import io.meshlog.meshapi.etcd.kv.History;
import io.meshlog.meshapi.etcd.lease.LeaseBook.Held;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Views;
import io.meshlog.meshapi.etcd.write.ClusterVoice;
import io.meshlog.meshapi.etcd.write.KvWrites;
import io.meshlog.meshapi.etcd.write.KvWrites.Decided;
import io.meshlog.meshapi.etcd.write.Leases;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.LeaseGrantRequest;
import io.meshlog.schemas.etcd.LeaseGrantResponse;
import io.meshlog.schemas.etcd.LeaseGrpc;
import io.meshlog.schemas.etcd.LeaseKeepAliveRequest;
import io.meshlog.schemas.etcd.LeaseKeepAliveResponse;
import io.meshlog.schemas.etcd.LeaseLeasesRequest;
import io.meshlog.schemas.etcd.LeaseLeasesResponse;
import io.meshlog.schemas.etcd.LeaseRevokeRequest;
import io.meshlog.schemas.etcd.LeaseRevokeResponse;
import io.meshlog.schemas.etcd.LeaseStatus;
import io.meshlog.schemas.etcd.LeaseTimeToLiveRequest;
import io.meshlog.schemas.etcd.LeaseTimeToLiveResponse;
import io.meshlog.schemas.etcd.ResponseHeader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** etcd's {@code Lease}. Handlers are called on event loops and return at once. */
public final class LeaseService extends LeaseGrpc.LeaseImplBase {
    /** Shorter leases are granted this long: a decision may take a second when the projector changes. */
    static final long MIN_TTL_SECONDS = 5;

    /** etcd's own bound. */
    static final long MAX_TTL_SECONDS = 9_000_000_000L;

    private static final long MAX_STAGGER_MS = 2_000;

    private final LeaseBook book;
    private final LeaseEnds ends;
    private final ClusterVoice voice;
    private final History history;
    private final Headers headers;
    private final Views views;
    private final LongSupplier clockMs;
    private final RandomGenerator random;

    /**
     * What it stands on.
     *
     * @param logsEnd completes with the revision that holds everything decided before it was asked for, or fails in time
     * @param thread runs one task after another; it reads the store
     * @param notReady why the replica is not complete up to a recent revision; null when it is
     * @param random for ids
     */
    public record Base(
            RecentWrites writes,
            ClusterVoice voice,
            Supplier<CompletionStage<Long>> logsEnd,
            Executor thread,
            Supplier<@Nullable String> notReady,
            LongSupplier clockMs,
            RandomGenerator random) {}

    public LeaseService(Base base, History history, Headers headers, Views views) {
        this.book = new LeaseBook(base.writes(), base.logsEnd(), base.thread(), base.clockMs());
        this.voice = base.voice();
        this.history = history;
        this.headers = headers;
        this.views = views;
        this.clockMs = base.clockMs();
        this.random = base.random();
        this.ends = new LeaseEnds(book, voice, base.notReady(), clockMs, random.nextLong(MAX_STAGGER_MS));
        base.writes().listen(book);
        book.onWrites();
    }

    /** The leases there are, for those who attach keys to them. */
    public Leases leases() {
        return book;
    }

    /** To be called some times a second, on one thread. */
    public void tick() {
        if (!book.isOpen()) {
            book.onWrites();
        }
        ends.tick();
    }

    private ResponseHeader header(long revision) {
        try (ReplicaSnapshot now = history.now()) {
            return headers.at(now.position(), revision == 0 ? now.position().revision() : revision);
        }
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> answer) {
        Principal caller = AccessInterceptor.caller();
        Answers.orRefuse(answer, () -> {
            String cluster = views.of(caller).cluster();
            if (cluster == null) {
                throw EtcdErrors.invalid(
                        "whose lease is it? The client has to speak for a cluster, or etcd.cluster has to be set");
            }
            requireOwn(caller, cluster);
            if (request.getTTL() > MAX_TTL_SECONDS) {
                throw EtcdErrors.leaseTtlTooLarge();
            }
            long id = request.getID() == 0 ? random.nextLong(1, Long.MAX_VALUE) : request.getID();
            if (book.held(id) != null) {
                throw EtcdErrors.leaseExists();
            }
            Lease lease = new Lease(id, cluster, Math.max(request.getTTL(), MIN_TTL_SECONDS), 0);
            Compare fresh = new Compare(lease.key(), null, Compare.Target.VERSION, Compare.Result.EQUAL, 0, null);
            answerWhen(answer, put(caller, lease, fresh), decided -> {
                if (!decided.succeeded()) {
                    throw EtcdErrors.leaseExists();
                }
                book.granted(new Lease(id, cluster, lease.ttlSeconds(), decided.revision()));
                return LeaseGrantResponse.newBuilder()
                        .setHeader(header(decided.revision()))
                        .setID(id)
                        .setTTL(lease.ttlSeconds())
                        .build();
            });
        });
    }

    private CompletionStage<Decided> put(Principal caller, Lease lease, Compare condition) {
        Operation put = new Operation.Put(lease.value(), 0);
        return voice.say(lease.cluster(), caller.name(), new Transaction(List.of(condition), List.of(put), List.of()))
                .thenCompose(KvWrites::decided);
    }

    private static void requireOwn(Principal caller, String cluster) {
        if (!cluster.equals(caller.cluster()) && caller.role() != Role.OPERATOR) {
            throw EtcdErrors.permissionDenied("%s may not use leases of cluster %s".formatted(caller.name(), cluster));
        }
    }

    private Held require(Principal caller, long id) {
        Held held = book.held(id);
        if (held == null) {
            throw EtcdErrors.leaseNotFound();
        }
        requireOwn(caller, held.lease().cluster());
        return held;
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> answer) {
        Principal caller = AccessInterceptor.caller();
        Answers.orRefuse(answer, () -> {
            CompletionStage<Boolean> end = book.settled()
                    .thenCompose(
                            settled -> ends.end(require(caller, request.getID()).lease(), caller.name(), true));
            answerWhen(answer, end, ended -> {
                if (!ended) {
                    throw EtcdErrors.leaseNotFound();
                }
                book.revoked(request.getID());
                return LeaseRevokeResponse.newBuilder().setHeader(header(0)).build();
            });
        });
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> answers) {
        return new KeepAlives(this, AccessInterceptor.caller(), answers);
    }

    /**
     * Keeps a lease alive: in the log only when a third of its time is over, so that a client that asks often does not fill
     * it. While the log is away the answer is what is left of the lease's time.
     *
     * @return the time it has now, in seconds; 0 where it is not there
     */
    CompletionStage<Long> keepAlive(Principal caller, long id) {
        Held known = book.held(id);
        if (known != null) {
            return keepAlive(caller, known);
        }
        return book.settled().thenCompose(settled -> {
            Held held = book.held(id);
            return held == null ? CompletableFuture.completedFuture(0L) : keepAlive(caller, held);
        });
    }

    private CompletionStage<Long> keepAlive(Principal caller, Held held) {
        Lease lease = held.lease();
        requireOwn(caller, lease.cluster());
        long leftMs = held.deadlineMs() - clockMs.getAsLong();
        if (leftMs * 3 > lease.ttlSeconds() * 2_000) {
            return CompletableFuture.completedFuture(Math.max(1, leftMs / 1_000));
        }
        Compare there = new Compare(lease.key(), null, Compare.Target.VERSION, Compare.Result.GREATER, 0, null);
        return put(caller, lease, there)
                .thenApply(decided -> decided.succeeded() ? lease.ttlSeconds() : 0L)
                .exceptionally(away -> {
                    if (leftMs < 1_000) {
                        throw EtcdErrors.unavailable("the lease could not be kept alive: " + away.getMessage());
                    }
                    return leftMs / 1_000;
                });
    }

    LeaseKeepAliveResponse alive(long id, long seconds) {
        return LeaseKeepAliveResponse.newBuilder()
                .setHeader(header(0))
                .setID(id)
                .setTTL(seconds)
                .build();
    }

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> answer) {
        View view = views.of(AccessInterceptor.caller());
        answerWhen(answer, book.settled(), settled -> {
            LeaseTimeToLiveResponse.Builder response =
                    LeaseTimeToLiveResponse.newBuilder().setHeader(header(0)).setID(request.getID());
            Held held = book.held(request.getID());
            if (held == null) {
                return response.setTTL(-1).build();
            }
            if (request.getKeys()) {
                book.keysOf(request.getID()).stream()
                        .flatMap(key -> Layout.keysOf(key, view).stream())
                        .map(place -> place.key())
                        .sorted()
                        .forEach(key -> response.addKeys(KeyRange.bytes(key)));
            }
            return response.setGrantedTTL(held.lease().ttlSeconds())
                    .setTTL(Math.max(0, (held.deadlineMs() - clockMs.getAsLong()) / 1_000))
                    .build();
        });
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> answer) {
        View view = views.of(AccessInterceptor.caller());
        answerWhen(answer, book.settled(), settled -> {
            LeaseLeasesResponse.Builder response =
                    LeaseLeasesResponse.newBuilder().setHeader(header(0));
            book.all().stream()
                    .map(Held::lease)
                    .filter(lease -> view.cluster() == null || lease.cluster().equals(view.cluster()))
                    .mapToLong(Lease::id)
                    .sorted()
                    .forEach(id -> response.addLeases(LeaseStatus.newBuilder().setID(id)));
            return response.build();
        });
    }

    private interface Reply<D, T> {
        T of(D decided);
    }

    private static <D, T> void answerWhen(StreamObserver<T> answer, CompletionStage<D> decision, Reply<D, T> reply) {
        var unused = decision.whenComplete((decided, failed) -> {
            if (failed != null) {
                Answers.refuse(answer, failed);
            } else {
                Answers.give(answer, () -> reply.of(decided));
            }
        });
    }
}
