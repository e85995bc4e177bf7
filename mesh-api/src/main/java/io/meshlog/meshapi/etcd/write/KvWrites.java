package io.meshlog.meshapi.etcd.write;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.writing.Refusals;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Writes as events. A write is decided in the fold and answered when this replica has applied the decision; so of two
 * replicas that are asked to lock, one wins. Any number of writes is under way at once, up to the sessions' bounds. Safe on
 * any thread; does not block.
 */
public final class KvWrites {
    /** The largest write in bytes: an event has 1 MiB at most, and says more of each key than a request does. */
    static final int MAX_WRITE_BYTES = (1 << 20) - (32 << 10);

    private final ClusterVoice voice;
    private final Leases leases;

    public KvWrites(ClusterVoice voice, Leases leases) {
        this.voice = voice;
        this.leases = leases;
    }

    /**
     * What was decided.
     *
     * @param revision the fleet's after it
     * @param wrote whether it is a write of its own at that revision
     * @param succeeded whether the compares held
     */
    public record Decided(long revision, boolean wrote, boolean succeeded) {
        /** The revision of the state it was decided on. */
        public long before() {
            return wrote ? revision - 1 : revision;
        }
    }

    /** One operation, whatever holds. */
    public CompletionStage<Decided> write(Writer writer, RequestOp operation) {
        TxnPlan plan =
                plan(writer, TxnRequest.newBuilder().addSuccess(operation).build());
        return leasesOf(plan)
                .thenCompose(records -> {
                    records.forEach(lease -> plan.require(TxnPlan.exists(lease)));
                    return say(writer, plan);
                })
                .thenApply(decided -> {
                    if (!decided.succeeded()) {
                        throw EtcdErrors.leaseNotFound();
                    }
                    return decided;
                });
    }

    /** One operation, if a resource is as it was seen; else what was decided says it did not succeed. */
    public CompletionStage<Decided> writeIfUnchanged(
            Writer writer, RequestOp operation, ResourceKey seen, long modRevision) {
        TxnPlan plan =
                plan(writer, TxnRequest.newBuilder().addSuccess(operation).build());
        plan.require(TxnPlan.unchanged(seen, modRevision));
        return leasesOf(plan).thenCompose(there -> say(writer, plan));
    }

    /** A transaction that may write. */
    public CompletionStage<Decided> transact(Writer writer, TxnRequest request) {
        TxnPlan plan = plan(writer, request);
        return leasesOf(plan).thenCompose(there -> say(writer, plan));
    }

    /** Whether a transaction writes nothing, whatever holds. */
    public static boolean onlyReads(TxnRequest request) {
        return TxnPlan.onlyReads(request);
    }

    /** The records of the leases that a plan attaches keys to. One that is not known may have been granted elsewhere just now. */
    private CompletionStage<List<ResourceKey>> leasesOf(TxnPlan plan) {
        boolean known = plan.leases().stream().allMatch(lease -> leases.record(lease) != null);
        CompletionStage<Void> settled = known ? CompletableFuture.completedFuture(null) : leases.settled();
        return settled.thenApply(
                there -> plan.leases().stream().map(this::recordOf).toList());
    }

    private ResourceKey recordOf(long lease) {
        ResourceKey known = leases.record(lease);
        if (known == null) {
            throw EtcdErrors.leaseNotFound();
        }
        return known;
    }

    /** An event that the log cannot take would end the session, and with it what other clients have under way. */
    private static TxnPlan plan(Writer writer, TxnRequest request) {
        if (request.getSerializedSize() > MAX_WRITE_BYTES) {
            throw EtcdErrors.tooLarge();
        }
        return new TxnPlan(writer, request);
    }

    private CompletionStage<Decided> say(Writer writer, TxnPlan plan) {
        return voice.say(plan.cluster(), writer.principal().name(), plan.statement())
                .thenCompose(KvWrites::decided);
    }

    /** What an answer says; fails where it is a refusal. */
    public static CompletionStage<Decided> decided(Answer answer) {
        if (answer.code() == AnswerCode.APPLIED || answer.code() == AnswerCode.UNCHANGED) {
            return CompletableFuture.completedFuture(new Decided(
                    answer.revision(), answer.code() == AnswerCode.APPLIED, !Boolean.FALSE.equals(answer.succeeded())));
        }
        return CompletableFuture.failedFuture(refusal(answer));
    }

    private static RuntimeException refusal(Answer answer) {
        String words = Refusals.inWords(answer);
        Rule rule = answer.rule();
        if (rule == Rule.TOO_LARGE) {
            return EtcdErrors.tooLarge();
        }
        if (rule == Rule.MALFORMED && words.contains("duplicate key")) {
            return EtcdErrors.duplicateKey();
        }
        return rule == Rule.NOT_PERMITTED || rule == Rule.NOT_OWNER
                ? EtcdErrors.permissionDenied(words)
                : EtcdErrors.refused(words);
    }
}
