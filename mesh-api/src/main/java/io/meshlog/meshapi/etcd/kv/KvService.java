package io.meshlog.meshapi.etcd.kv;

import io.grpc.stub.StreamObserver;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.access.Role;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Views;
import io.meshlog.meshapi.etcd.write.KvWrites;
import io.meshlog.meshapi.etcd.write.KvWrites.Decided;
import io.meshlog.meshapi.etcd.write.Writer;
import io.meshlog.meshapi.replica.ReadExecutor;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.DeleteRangeResponse;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.PutResponse;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.TxnResponse;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * etcd's {@code KV}. Handlers are called on event loops and return at once.
 *
 * <p>Reads are linearizable unless the client asks otherwise: they wait for what was decided before they came. Where the log
 * does not answer within a second they are given what is held here instead, and counted: Cilium never asks for serializable
 * reads, and an agent that restarts while Kafka is away must be able to list.
 */
public final class KvService extends KVGrpc.KVImplBase {
    /** How long a linearizable read waits for the log's end. */
    public static final Duration LINEARIZABLE_TIMEOUT = Duration.ofSeconds(1);

    private final Replica replica;
    private final History history;
    private final RangeRead ranges;
    private final ReadTxn readTxn;
    private final WriteAnswers answers;
    private final KvWrites writes;
    private final ReadExecutor reads;
    private final Headers headers;
    private final Views views;
    private final LongAdder staleReads = new LongAdder();

    /** What it answers from. */
    public record Reading(
            Replica replica,
            RecentWrites recent,
            History history,
            RangeRead ranges,
            KeyValues values,
            ReadExecutor reads) {}

    public KvService(Reading reading, KvWrites writes, Headers headers, Views views) {
        this.replica = reading.replica();
        this.history = reading.history();
        this.ranges = reading.ranges();
        this.readTxn = new ReadTxn(ranges, headers);
        this.answers = new WriteAnswers(history, reading.recent(), reading.values(), ranges, headers);
        this.writes = writes;
        this.reads = reading.reads();
        this.headers = headers;
        this.views = views;
    }

    /** Linearizable reads that were answered from what is held here because the log did not answer. */
    public long staleReads() {
        return staleReads.sum();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
        View view = views.of(AccessInterceptor.caller());
        Answers.orRefuse(answer, () -> {
            RangeRead.check(request);
            // a state that is pinned was read before: there is nothing newer to wait for
            if (request.getSerializable() || request.getRevision() > 0) {
                onReader(answer, () -> read(view, request));
            } else {
                linearizable(answer, () -> read(view, request));
            }
        });
    }

    private <T> void linearizable(StreamObserver<T> answer, Supplier<T> read) {
        var unused = replica.awaitStableEnd(LINEARIZABLE_TIMEOUT).whenComplete((revision, late) -> {
            if (late != null) {
                staleReads.increment();
            }
            onReader(answer, read);
        });
    }

    private RangeResponse read(View view, RangeRequest request) {
        ReplicaSnapshot now = history.now();
        long newest = now.position().revision();
        try (ReplicaSnapshot snapshot = history.at(now, request.getRevision())) {
            return ranges.read(snapshot, view, request).toBuilder()
                    .setHeader(headers.at(snapshot.position(), newest))
                    .build();
        }
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answer) {
        Writer writer = writer();
        Answers.orRefuse(answer, () -> {
            if (request.getKey().isEmpty()) {
                throw EtcdErrors.emptyKey();
            }
            if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
                throw EtcdErrors.valueProvided();
            }
            if (request.getIgnoreLease() && request.getLease() != 0) {
                throw EtcdErrors.leaseProvided();
            }
            if (request.getIgnoreValue() || request.getIgnoreLease()) {
                reads.execute(() -> Answers.orRefuse(answer, () -> putOver(writer, request, answer)));
                return;
            }
            answerWhenDecided(
                    answer,
                    writes.write(
                            writer,
                            RequestOp.newBuilder().setRequestPut(request).build()),
                    decided -> answers.put(writer.view(), request, decided));
        });
    }

    /** A put that keeps a part of what is there: only while that is still there. */
    private void putOver(Writer writer, PutRequest request, StreamObserver<PutResponse> answer) {
        KeyPlace place = Layout.owner(KeyRange.text(request.getKey()), writer.view());
        Entry there;
        PutRequest.Builder whole = request.toBuilder().setIgnoreLease(false).setIgnoreValue(false);
        try (ReplicaSnapshot now = history.now()) {
            there = place == null ? null : now.get(place.resource());
            if (place == null || there == null || there.deleted()) {
                throw EtcdErrors.keyNotFound();
            }
            if (request.getIgnoreValue()) {
                whole.setValue(answers.valueOf(place, there));
            }
            if (request.getIgnoreLease()) {
                whole.setLease(there.lease());
            }
        }
        RequestOp operation = RequestOp.newBuilder().setRequestPut(whole).build();
        answerWhenDecided(
                answer, writes.writeIfUnchanged(writer, operation, place.resource(), there.modRevision()), decided -> {
                    if (!decided.succeeded()) {
                        throw EtcdErrors.unavailable("the key changed meanwhile; try again");
                    }
                    return answers.put(writer.view(), request, decided);
                });
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> answer) {
        Writer writer = writer();
        Answers.orRefuse(answer, () -> {
            if (request.getKey().isEmpty()) {
                throw EtcdErrors.emptyKey();
            }
            answerWhenDecided(
                    answer,
                    writes.write(
                            writer,
                            RequestOp.newBuilder()
                                    .setRequestDeleteRange(request)
                                    .build()),
                    decided -> answers.delete(writer.view(), request, decided));
        });
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> answer) {
        Writer writer = writer();
        Answers.orRefuse(answer, () -> {
            ReadTxn.check(request);
            if (KvWrites.onlyReads(request)) {
                linearizable(answer, () -> {
                    try (ReplicaSnapshot now = history.now()) {
                        return readTxn.answer(now, writer.view(), request);
                    }
                });
                return;
            }
            if (writer.principal().role() == Role.READER) {
                throw EtcdErrors.permissionDenied("%s reads and does not write"
                        .formatted(writer.principal().name()));
            }
            answerWhenDecided(
                    answer, writes.transact(writer, request), decided -> answers.txn(writer.view(), request, decided));
        });
    }

    private Writer writer() {
        Principal caller = AccessInterceptor.caller();
        return new Writer(caller, views.of(caller));
    }

    /** How what was decided becomes an answer. */
    private interface Reply<T> {
        T of(Decided decided);
    }

    private <T> void answerWhenDecided(StreamObserver<T> answer, CompletionStage<Decided> decision, Reply<T> reply) {
        var unused = decision.whenComplete((decided, failed) -> {
            if (failed != null) {
                Answers.refuse(answer, failed);
                return;
            }
            Runnable task = () -> Answers.give(answer, () -> reply.of(decided));
            try {
                reads.execute(task);
            } catch (RuntimeException overloaded) {
                // it is decided: the client must hear of it, whoever waits for that
                task.run();
            }
        });
    }

    private <T> void onReader(StreamObserver<T> answer, Supplier<T> read) {
        Answers.orRefuse(answer, () -> reads.execute(() -> Answers.give(answer, read)));
    }
}
