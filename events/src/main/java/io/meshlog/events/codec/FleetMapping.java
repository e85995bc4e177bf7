package io.meshlog.events.codec;

import static io.meshlog.events.codec.DeclaredMapping.read;
import static io.meshlog.events.codec.DeclaredMapping.set;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import java.util.Objects;
import java.util.stream.Stream;
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

    /** The one kind that is there, null where there is none. */
    static @Nullable Resource get(IndexedRecord tail) {
        Declared declared = DeclaredMapping.get(tail);
        if (declared != null) {
            return declared;
        }
        return Stream.<@Nullable Resource>of(
                        read(tail, "violation", io.meshlog.schemas.avro.Violation.class, FleetMapping::violation),
                        read(tail, "clusterRecord", io.meshlog.schemas.avro.Cluster.class, FleetMapping::cluster),
                        read(tail, "session", io.meshlog.schemas.avro.Session.class, FleetMapping::session),
                        read(tail, "job", io.meshlog.schemas.avro.Job.class, FleetMapping::job),
                        read(tail, "fleet", io.meshlog.schemas.avro.Fleet.class, FleetMapping::fleet),
                        read(tail, "digest", io.meshlog.schemas.avro.Digest.class, FleetMapping::digest))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    static <E extends Enum<E>> E symbol(Class<E> type, Enum<?> symbol) {
        try {
            return Enum.valueOf(type, symbol.name());
        } catch (IllegalArgumentException unknown) {
            throw new MalformedRecordException(
                    "%s is no %s".formatted(symbol, type.getSimpleName()), unknown);
        }
    }

    static @Nullable ResourceKey key(@Nullable String value) {
        return value == null ? null : new ResourceKey(value);
    }

    static @Nullable String text(@Nullable ResourceKey key) {
        return key == null ? null : key.value();
    }

    private static io.meshlog.schemas.avro.Violation violation(Violation violation) {
        return new io.meshlog.schemas.avro.Violation(
                violation.subject(),
                symbol(io.meshlog.schemas.avro.Rule.class, violation.rule()),
                violation.message());
    }

    private static Violation violation(io.meshlog.schemas.avro.Violation violation) {
        return new Violation(
                violation.getSubject(), symbol(Rule.class, violation.getRule()), violation.getMessage());
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
                text(session.snapshotKey()),
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
                key(session.getSnapshotKey()),
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
                text(job.cursor()),
                text(job.to()),
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
                key(job.getCursor()),
                key(job.getTo()),
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

    private static io.meshlog.schemas.avro.Digest digest(Digest digest) {
        return new io.meshlog.schemas.avro.Digest(digest.clusters().stream()
                .map(cluster -> new io.meshlog.schemas.avro.ClusterDigest(
                        cluster.cluster(),
                        cluster.count(),
                        new io.meshlog.schemas.avro.Hash128(cluster.sum().toBytes())))
                .toList());
    }

    private static Digest digest(io.meshlog.schemas.avro.Digest digest) {
        return new Digest(digest.getClusters().stream()
                .map(cluster -> new Digest.ClusterDigest(
                        cluster.getCluster(),
                        cluster.getCount(),
                        Hash128.ofBytes(cluster.getSum().bytes())))
                .toList());
    }
}
