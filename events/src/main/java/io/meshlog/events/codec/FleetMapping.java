package io.meshlog.events.codec;

import static io.meshlog.events.codec.ContractText.keyOrNull;
import static io.meshlog.events.codec.ContractText.textOrNull;
import static io.meshlog.events.codec.DeclaredMapping.set;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** The kinds that the fold decides, model and contract field by field. */
final class FleetMapping {
    private FleetMapping() {}

    /** Puts the value, of whatever kind, into the field of its kind. */
    static void put(IndexedRecord tail, Value value) {
        switch (value.resource()) {
            case Declared declared -> DeclaredMapping.put(tail, value);
            case Violation violation -> set(tail, "violation", violation(violation));
            case Cluster cluster -> set(tail, "clusterRecord", cluster(cluster));
            case Session session -> set(tail, "session", session(session));
            case Job job -> set(tail, "job", job(job));
            case Fleet fleet -> set(tail, "fleet", fleet(fleet));
            case Digest digest -> set(tail, "digest", digest(digest));
        }
    }

    /**
     * The one kind that is there, null where there is none.
     *
     * @throws MalformedRecordException if there are several
     */
    static @Nullable Resource get(IndexedRecord tail) {
        Resource found = null;
        for (int field = 0; field < tail.getSchema().getFields().size(); field++) {
            Resource resource = resource(tail.get(field));
            if (resource != null && found != null) {
                throw new MalformedRecordException("a value that is of the kinds %s and %s"
                        .formatted(found.kind().plural(), resource.kind().plural()));
            }
            found = resource == null ? found : resource;
        }
        return found;
    }

    private static @Nullable Resource resource(@Nullable Object content) {
        return switch (content) {
            case io.meshlog.schemas.avro.Violation violation -> violation(violation);
            case io.meshlog.schemas.avro.Cluster cluster -> cluster(cluster);
            case io.meshlog.schemas.avro.Session session -> session(session);
            case io.meshlog.schemas.avro.Job job -> job(job);
            case io.meshlog.schemas.avro.Fleet fleet -> fleet(fleet);
            case io.meshlog.schemas.avro.Digest digest -> digest(digest);
            case null, default -> DeclaredMapping.declared(content);
        };
    }

    static <E extends Enum<E>> E symbol(Class<E> type, Enum<?> symbol) {
        try {
            return Enum.valueOf(type, symbol.name());
        } catch (IllegalArgumentException unknown) {
            throw new MalformedRecordException("%s is no %s".formatted(symbol, type.getSimpleName()), unknown);
        }
    }

    private static io.meshlog.schemas.avro.Violation violation(Violation violation) {
        return new io.meshlog.schemas.avro.Violation(
                violation.subject(), symbol(io.meshlog.schemas.avro.Rule.class, violation.rule()), violation.message());
    }

    private static Violation violation(io.meshlog.schemas.avro.Violation violation) {
        return new Violation(violation.getSubject(), symbol(Rule.class, violation.getRule()), violation.getMessage());
    }

    static io.meshlog.schemas.avro.Cluster cluster(Cluster cluster) {
        return new io.meshlog.schemas.avro.Cluster(
                cluster.name(), cluster.id(), cluster.podCidrs(), cluster.nodeCidrs(), cluster.maxResources());
    }

    static Cluster cluster(io.meshlog.schemas.avro.Cluster cluster) {
        return new Cluster(
                cluster.getName(),
                cluster.getId(),
                cluster.getPodCidrs(),
                cluster.getNodeCidrs(),
                cluster.getMaxResources());
    }

    private static io.meshlog.schemas.avro.Session session(Session session) {
        Session.Answer answer = session.answer();
        return new io.meshlog.schemas.avro.Session(
                session.writer(),
                session.cluster(),
                session.principal(),
                session.incarnation(),
                session.epoch(),
                session.sequence(),
                session.eventOffset(),
                textOrNull(session.snapshotKey()),
                session.snapshotComplete(),
                answer == null ? null : answer(answer));
    }

    private static io.meshlog.schemas.avro.Answer answer(Session.Answer answer) {
        Rule rule = answer.rule();
        return new io.meshlog.schemas.avro.Answer(
                answer.epoch(),
                answer.sequence(),
                symbol(io.meshlog.schemas.avro.AnswerCode.class, answer.code()),
                answer.revision(),
                rule == null ? null : symbol(io.meshlog.schemas.avro.Rule.class, rule),
                answer.message(),
                answer.refused(),
                answer.succeeded(),
                answer.deleted());
    }

    private static Session session(io.meshlog.schemas.avro.Session session) {
        io.meshlog.schemas.avro.Answer answer = session.getAnswer();
        return new Session(
                session.getWriter(),
                session.getCluster(),
                session.getPrincipal(),
                session.getIncarnation(),
                session.getEpoch(),
                session.getSequence(),
                session.getEventOffset(),
                keyOrNull(session.getSnapshotKey()),
                session.getSnapshotComplete(),
                answer == null ? null : answer(answer));
    }

    private static Session.Answer answer(io.meshlog.schemas.avro.Answer answer) {
        io.meshlog.schemas.avro.Rule rule = answer.getRule();
        return new Session.Answer(
                answer.getEpoch(),
                answer.getSequence(),
                symbol(Session.AnswerCode.class, answer.getCode()),
                answer.getRevision(),
                rule == null ? null : symbol(Rule.class, rule),
                answer.getMessage(),
                answer.getRefused(),
                answer.getSucceeded(),
                answer.getDeleted());
    }

    private static io.meshlog.schemas.avro.Job job(Job job) {
        return new io.meshlog.schemas.avro.Job(
                job.id(),
                symbol(io.meshlog.schemas.avro.JobType.class, job.type()),
                job.cluster(),
                textOrNull(job.cursor()),
                textOrNull(job.to()),
                job.below() == 0 ? null : job.below(),
                job.writer(),
                job.resources().stream().map(DeclaredMapping::toResource).toList());
    }

    private static Job job(io.meshlog.schemas.avro.Job job) {
        Long below = job.getBelow();
        return new Job(
                job.getId(),
                symbol(Job.Type.class, job.getType()),
                job.getCluster(),
                keyOrNull(job.getCursor()),
                keyOrNull(job.getTo()),
                below == null ? 0 : below,
                job.getWriter(),
                job.getResources().stream().map(DeclaredMapping::toValue).toList());
    }

    private static io.meshlog.schemas.avro.Fleet fleet(Fleet fleet) {
        return new io.meshlog.schemas.avro.Fleet(
                fleet.name(),
                fleet.logId(),
                fleet.featureLevel(),
                fleet.maxConnectedClusters(),
                fleet.horizon(),
                fleet.versionFloor());
    }

    private static Fleet fleet(io.meshlog.schemas.avro.Fleet fleet) {
        return new Fleet(
                fleet.getName(),
                fleet.getLogId(),
                fleet.getFeatureLevel(),
                fleet.getMaxConnectedClusters(),
                fleet.getHorizon(),
                fleet.getVersionFloor());
    }

    static io.meshlog.schemas.avro.Digest digest(Digest digest) {
        return new io.meshlog.schemas.avro.Digest(digest.clusters().stream()
                .map(cluster -> new io.meshlog.schemas.avro.ClusterDigest(
                        cluster.cluster(),
                        cluster.count(),
                        new io.meshlog.schemas.avro.Hash128(cluster.sum().toBytes())))
                .toList());
    }

    static Digest digest(io.meshlog.schemas.avro.Digest digest) {
        return new Digest(digest.getClusters().stream()
                .map(cluster -> new Digest.ClusterDigest(
                        cluster.getCluster(),
                        cluster.getCount(),
                        Hash128.ofBytes(cluster.getSum().bytes())))
                .toList());
    }
}
