package io.meshlog.events.codec;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Policy;
import io.meshlog.events.model.ServiceExport;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/** What the golden bytes of release 2 stand for: what it brought. Never changed. */
final class GoldenRecords2 {
    private static final UUID EVENT_ID = UUID.fromString("0193b0a0-5c00-7d1e-8a2b-0123456789ac");

    private GoldenRecords2() {}

    static Map<String, MeshEvent> events() {
        Map<String, MeshEvent> events = new TreeMap<>();
        declared()
                .forEach((name, resource) -> events.put(
                        "upsert-" + name, said(new Statement.Upsert(resource.keyIn("eastus"), Value.of(resource)))));
        events.put("frame", said(new Statement.Frame(null, null, List.of(Value.of(config()), Value.of(policy())))));
        return events;
    }

    static Map<String, Value> values() {
        Map<String, Value> values = new TreeMap<>();
        declared().forEach((name, resource) -> values.put(name, Value.of(resource)));
        values.put(
                "job",
                Value.of(new Job(
                        4_700, Job.Type.FRAME, "eastus", null, null, 0, "publisher", List.of(Value.of(policy())))));
        return values;
    }

    static FleetChange delete() {
        return new FleetChange(
                4_712,
                0,
                1,
                Op.DELETE,
                Kind.POLICY,
                policy().keyIn("eastus"),
                4_000,
                0,
                Origin.FOLD,
                0,
                new Provenance(null, "operator", EVENT_ID, 123_457, OptionalLong.empty()),
                null);
    }

    private static Map<String, Declared> declared() {
        return Map.of(
                "serviceexport", export(),
                "policy", policy(),
                "policy-clusterwide", clusterwide(),
                "clusterconfig", config());
    }

    private static MeshEvent said(Statement statement) {
        return new MeshEvent(
                EVENT_ID,
                new Sender("eastus", "spiffe://fleet/cluster/eastus", "gateway-0", "publisher", 3, 42),
                OptionalLong.of(1_790_000_000_000_001L),
                statement);
    }

    private static ServiceExport export() {
        return new ServiceExport(
                "eastus",
                "shop",
                "web",
                Map.of("tier", "front"),
                Map.of("example.test/owner", "storefront"),
                "2026-11-23T09:40:28Z",
                List.of(new ServiceExport.Port("http", "TCP", "http", 80), new ServiceExport.Port("", "UDP", null, 53)),
                "ClusterSetIP",
                "ClientIP",
                600,
                List.of("IPv4", "IPv6"),
                "Cluster",
                null);
    }

    private static Policy policy() {
        return new Policy(
                Policy.Flavour.CILIUM,
                "shop",
                "web",
                Map.of("team", "storefront"),
                "{\"spec\":{\"endpointSelector\":{},\"ingress\":[{\"toPorts\":[{\"ports\":[{\"port\":\"80\"}],"
                        + "\"rules\":{\"http\":[{\"method\":\"GET\"}]}}]}]}}");
    }

    private static Policy clusterwide() {
        return new Policy(Policy.Flavour.CILIUM_CLUSTERWIDE, "", "deny", Map.of(), "{\"spec\":{}}");
    }

    private static ClusterConfig config() {
        return new ClusterConfig("eastus", 1, true, false, 255, true, "services-and-endpointslices");
    }
}
