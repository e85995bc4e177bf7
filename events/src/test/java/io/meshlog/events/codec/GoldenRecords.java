package io.meshlog.events.codec;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.BackendZone;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/** What the golden bytes of release 1 stand for. Never changed: a later release adds its own. */
final class GoldenRecords {
    static final UUID LOG_ID = UUID.fromString("3f0c1c9e-2f55-4c5e-9d0a-6f1f7f0a4b11");
    private static final UUID EVENT_ID = UUID.fromString("0193b0a0-5c00-7d1e-8a2b-0123456789ab");
    private static final ResourceKey WEB = new ResourceKey("eastus/services/shop/web");
    private static final ResourceKey WEC = new ResourceKey("eastus/services/shop/wec");

    private GoldenRecords() {}

    static Map<String, MeshEvent> events() {
        Map<String, MeshEvent> events = new TreeMap<>();
        events.put("found", fleetSays(new Statement.Found("fleet", LOG_ID, 1, 255)));
        events.put("refound", fleetSays(new Statement.Refound(LOG_ID, "disk lost")));
        events.put("feature-level", fleetSays(new Statement.RaiseFeatureLevel(2)));
        events.put("admit", fleetSays(new Statement.Admit(cluster())));
        events.put("expel", fleetSays(new Statement.Expel("eastus", "gone")));
        events.put("session-open", clusterSays(new Statement.OpenSession(LOG_ID)));
        events.put("upsert-node", upsert(Value.of(node())));
        events.put("upsert-identity", upsert(Value.of(identity())));
        events.put("upsert-endpoint", upsert(Value.of(endpoint())));
        events.put("upsert-service", upsert(Value.of(service())));
        events.put("upsert-endpointslice", upsert(Value.of(slice())));
        events.put("upsert-opaque", upsert(Value.of(opaque())));
        events.put("upsert-exact", upsert(new Value(endpoint(), bytes("{\"IP\": \"10.1.0.7\"}"))));
        events.put("delete", clusterSays(new Statement.Delete(WEB)));
        events.put(
                "frame",
                clusterSays(new Statement.Frame(WEB, null, List.of(Value.of(endpoint()), Value.of(identity())))));
        events.put("txn", clusterSays(transaction()));
        events.put("step", fleetSays(new Statement.Step(77)));
        events.put("horizon", fleetSays(new Statement.AdvanceHorizon(1_000, 900)));
        events.put("digest", fleetSays(new Statement.AskDigest()));
        events.put("skip", fleetSays(new Statement.Skip(55, "known to be harmless")));
        return events;
    }

    /** By name, without what the changes are of. */
    static Map<String, Value> values() {
        Map<String, Value> values = new TreeMap<>();
        values.put("node", Value.of(node()));
        values.put("identity", Value.of(identity()));
        values.put("endpoint", Value.of(endpoint()));
        values.put("service", Value.of(service()));
        values.put("endpointslice", Value.of(slice()));
        values.put("opaque", Value.of(opaque()));
        values.put("exact", new Value(service(), bytes("{}")));
        values.put(
                "violation", Value.of(new Violation(WEB.value(), Rule.ADDRESS_OUTSIDE_CLUSTER, "10.9.0.1 is outside")));
        values.put("cluster", Value.of(cluster()));
        values.put("session", Value.of(session()));
        values.put("job", Value.of(job()));
        values.put("fleet", Value.of(new Fleet("fleet", LOG_ID, 1, 255, 10, 20)));
        values.put("digest", Value.of(new Digest(List.of(new Digest.ClusterDigest("eastus", 3, new Hash128(1, -2))))));
        return values;
    }

    static FleetChange change(Value value, ValueCodec codec) {
        Op op = switch (value.resource().kind()) {
            case SESSION -> Op.TRACE;
            case DIGEST -> Op.DIGEST;
            default -> Op.UPSERT;
        };
        return new FleetChange(
                4_711,
                1,
                3,
                op,
                value.resource().kind(),
                WEB,
                4_000,
                7,
                Origin.ETCD,
                99,
                new Provenance(
                        "eastus",
                        "spiffe://fleet/cluster/eastus",
                        EVENT_ID,
                        123_456,
                        OptionalLong.of(1_790_000_000_000_001L)),
                codec.encode(value));
    }

    static FleetChange delete() {
        return new FleetChange(
                4_712,
                0,
                1,
                Op.DELETE,
                service().kind(),
                WEB,
                4_000,
                0,
                Origin.FOLD,
                0,
                new Provenance(null, "operator", EVENT_ID, 123_457, OptionalLong.empty()),
                null);
    }

    private static MeshEvent upsert(Value value) {
        return clusterSays(new Statement.Upsert(WEB, value));
    }

    private static MeshEvent clusterSays(Statement statement) {
        return new MeshEvent(
                EVENT_ID,
                new Sender("eastus", "spiffe://fleet/cluster/eastus", "gateway-0", "publisher", 3, 41),
                OptionalLong.of(1_790_000_000_000_001L),
                statement);
    }

    private static MeshEvent fleetSays(Statement statement) {
        return new MeshEvent(
                EVENT_ID, new Sender(null, "operator", "", "operator", 1, 2), OptionalLong.empty(), statement);
    }

    private static Statement transaction() {
        return new Statement.Transaction(
                List.of(
                        new Compare(WEB, null, Compare.Target.MOD_REVISION, Compare.Result.EQUAL, 12, null),
                        new Compare(WEB, WEC, Compare.Target.VALUE, Compare.Result.NOT_EQUAL, 0, Value.of(endpoint()))),
                List.of(new Operation.Put(Value.of(endpoint()), 5), new Operation.DeleteRange(WEB, WEC)),
                List.of(new Operation.Read(WEB, null)));
    }

    private static Cluster cluster() {
        return new Cluster("eastus", 1, List.of("10.1.0.0/16"), List.of("172.1.0.0/16"), 5_000);
    }

    private static Node node() {
        return new Node(
                "node-1",
                "eastus",
                1,
                List.of(new Node.Address("InternalIP", "172.1.0.1"), new Node.Address("Hostname", "node-1")),
                "10.1.1.0/24",
                List.of("10.1.2.0/24"),
                null,
                List.of(),
                "10.1.1.2",
                "",
                "",
                "fd00::3",
                "custom-resource",
                3,
                Map.of("topology.kubernetes.io/zone", "1", "arch", "amd64"),
                Map.of("note", "gr\u00fc\u00dfe \ud83d\ude00"),
                "key=",
                "boot");
    }

    private static Identity identity() {
        return new Identity(
                65_800, List.of(new Identity.Label("k8s", "app", "web"), new Identity.Label("cidr", "10.0.0.0/8", "")));
    }

    private static Endpoint endpoint() {
        return new Endpoint(
                "10.1.0.0",
                Bytes.copyOf(new byte[] {-1, -1, -1, 0}),
                "172.1.0.1",
                65_800,
                3,
                "",
                "shop",
                "web-0",
                "default",
                List.of(new Endpoint.NamedPort("http", 8_080, "TCP")));
    }

    private static Service service() {
        return new Service(
                "eastus",
                1,
                "shop",
                "web",
                Map.of("10.96.0.9", Map.of("http", new PortProtocol("TCP", 80))),
                Map.of(
                        "10.1.0.7",
                        Map.of("", new PortProtocol("UDP", 53), "http", new PortProtocol("TCP", 8_080)),
                        "10.1.0.8",
                        Map.of()),
                Map.of("10.1.0.7", "web-0"),
                Map.of("10.1.0.7", new BackendZone("1", List.of("1", "2"))),
                Map.of("app", "web"),
                Map.of("app", "web", "tier", "front"),
                true,
                false);
    }

    private static EndpointSlice slice() {
        return new EndpointSlice(
                "eastus",
                0,
                "shop",
                "web-abc",
                Map.of("kubernetes.io/service-name", "web"),
                Map.of(),
                "IPv4",
                List.of(new EndpointSlice.SliceEndpoint(
                        List.of("10.1.0.7"), true, null, false, "web-0", null, "1", List.of("1"), List.of("node-1"))),
                List.of(new EndpointSlice.SlicePort("", "TCP", 8_080, null)));
    }

    private static Opaque opaque() {
        return new Opaque(bytes("cilium/state/new/v1/x"), Bytes.copyOf(new byte[] {0, -1, 127, -128}));
    }

    private static Session session() {
        Session.Answer answer = new Session.Answer(
                3, 41, Session.AnswerCode.REFUSED, 4_711, Rule.NOT_OWNER, "not its own", 2, true, List.of(0L, 4L));
        return new Session("publisher", "eastus", "principal", LOG_ID, 3, 41, 123_456, WEB, true, answer);
    }

    private static Job job() {
        return new Job(4_700, Job.Type.FRAME, "eastus", WEB, WEC, 0, "publisher", List.of(Value.of(endpoint())));
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.UTF_8));
    }
}
