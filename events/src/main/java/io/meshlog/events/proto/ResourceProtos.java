package io.meshlog.events.proto;

import com.google.protobuf.ByteString;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Policy;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.ServiceExport;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import io.meshlog.schemas.v1.Resource;

/** Resources as messages of the gRPC API. Fields keep their names; what is absent in the model is empty or unset there. */
public final class ResourceProtos {
    private ResourceProtos() {}

    /** The message of a value where it stands in the fleet's order. */
    public static Resource toProto(ResourceKey key, long revision, long createRevision, long version, Value value) {
        Resource.Builder builder = Resource.newBuilder()
                .setKey(key.value())
                .setRevision(revision)
                .setCreateRevision(createRevision)
                .setVersion(version);
        Bytes exact = value.exact();
        if (exact != null) {
            builder.setExact(ByteString.copyFrom(exact.shared()));
        }
        switch (value.resource()) {
            case Node node -> builder.setNode(DeclaredProtos.node(node));
            case Identity identity -> builder.setIdentity(DeclaredProtos.identity(identity));
            case Endpoint endpoint -> builder.setEndpoint(DeclaredProtos.endpoint(endpoint));
            case Service service -> builder.setService(ServiceProtos.service(service));
            case EndpointSlice slice -> builder.setEndpointSlice(ServiceProtos.slice(slice));
            case ServiceExport export -> builder.setServiceExport(ServiceProtos.export(export));
            case Policy policy -> builder.setPolicy(ClusterProtos.policy(policy));
            case ClusterConfig config -> builder.setClusterConfig(ClusterProtos.config(config));
            case Opaque opaque -> builder.setOpaque(DeclaredProtos.opaque(opaque));
            case Violation violation ->
                builder.setViolation(io.meshlog.schemas.v1.Violation.newBuilder()
                        .setSubject(violation.subject())
                        .setRule(violation.rule().name())
                        .setMessage(violation.message()));
            case Cluster cluster -> builder.setCluster(cluster(cluster));
            case Session session -> builder.setSession(session(session));
            case Job job -> builder.setJob(job(job));
            case Fleet fleet -> builder.setFleet(fleet(fleet));
            case Digest digest -> throw new IllegalArgumentException("a digest is no resource for readers");
        }
        return builder.build();
    }

    /** The message of a declared value, as a writer sends it. */
    public static Resource toProto(String cluster, Value value) {
        if (!(value.resource() instanceof Declared declared)) {
            throw new IllegalArgumentException(
                    "no cluster declares " + value.resource().kind());
        }
        return toProto(declared.keyIn(cluster), 0, 0, 0, value);
    }

    /**
     * The declared value of a message; its key and revisions are not looked at.
     *
     * @throws InvalidResourceException if it is of no kind that clusters declare, or a field holds what it cannot
     */
    public static Value fromProto(Resource message) {
        Declared declared = switch (message.getKindCase()) {
            case NODE -> DeclaredProtos.node(message.getNode());
            case IDENTITY -> DeclaredProtos.identity(message.getIdentity());
            case ENDPOINT -> DeclaredProtos.endpoint(message.getEndpoint());
            case SERVICE -> ServiceProtos.service(message.getService());
            case ENDPOINT_SLICE -> ServiceProtos.slice(message.getEndpointSlice());
            case SERVICE_EXPORT -> ServiceProtos.export(message.getServiceExport());
            case POLICY -> ClusterProtos.policy(message.getPolicy());
            case CLUSTER_CONFIG -> ClusterProtos.config(message.getClusterConfig());
            case OPAQUE -> DeclaredProtos.opaque(message.getOpaque());
            case VIOLATION, CLUSTER, SESSION, JOB, FLEET ->
                throw new InvalidResourceException("resource %s: a cluster does not declare a %s"
                        .formatted(FieldRules.shown(message.getKey()), message.getKindCase()));
            case KIND_NOT_SET ->
                throw new InvalidResourceException(
                        "resource %s: its kind is not set".formatted(FieldRules.shown(message.getKey())));
        };
        return new Value(
                FieldRules.check(declared),
                message.getExact().isEmpty()
                        ? null
                        : Bytes.owned(message.getExact().toByteArray()));
    }

    public static io.meshlog.schemas.v1.Cluster cluster(Cluster cluster) {
        return io.meshlog.schemas.v1.Cluster.newBuilder()
                .setName(cluster.name())
                .setId(cluster.id())
                .addAllPodCidrs(cluster.podCidrs())
                .addAllNodeCidrs(cluster.nodeCidrs())
                .setMaxResources(cluster.maxResources())
                .build();
    }

    public static Cluster cluster(io.meshlog.schemas.v1.Cluster cluster) {
        return new Cluster(
                cluster.getName(),
                cluster.getId(),
                cluster.getPodCidrsList(),
                cluster.getNodeCidrsList(),
                cluster.getMaxResources());
    }

    public static io.meshlog.schemas.v1.Session session(Session session) {
        io.meshlog.schemas.v1.Session.Builder builder = io.meshlog.schemas.v1.Session.newBuilder()
                .setWriter(session.writer())
                .setPrincipal(session.principal())
                .setIncarnation(session.incarnation().toString())
                .setEpoch(session.epoch())
                .setSequence(session.sequence())
                .setEventOffset(session.eventOffset())
                .setSnapshotComplete(session.snapshotComplete());
        String cluster = session.cluster();
        if (cluster != null) {
            builder.setCluster(cluster);
        }
        ResourceKey snapshotKey = session.snapshotKey();
        if (snapshotKey != null) {
            builder.setSnapshotKey(snapshotKey.value());
        }
        return builder.build();
    }

    private static io.meshlog.schemas.v1.Job job(Job job) {
        io.meshlog.schemas.v1.Job.Builder builder = io.meshlog.schemas.v1.Job.newBuilder()
                .setId(job.id())
                .setType(job.type().name());
        String cluster = job.cluster();
        if (cluster != null) {
            builder.setCluster(cluster);
        }
        ResourceKey cursor = job.cursor();
        if (cursor != null) {
            builder.setCursor(cursor.value());
        }
        return builder.build();
    }

    public static io.meshlog.schemas.v1.Fleet fleet(Fleet fleet) {
        return io.meshlog.schemas.v1.Fleet.newBuilder()
                .setName(fleet.name())
                .setLogId(fleet.logId().toString())
                .setFeatureLevel(fleet.featureLevel())
                .setMaxConnectedClusters(fleet.maxConnectedClusters())
                .setHorizon(fleet.horizon())
                .setVersionFloor(fleet.versionFloor())
                .build();
    }
}
