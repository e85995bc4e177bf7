package io.meshlog.cli.bench;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster that does not exist has, and the next change of it. Each change says its number in the resource itself,
 * so that whoever hears of it knows which one it was. Its addresses are in {@code fd62:656e:6368::/48}, private ones that
 * spell "bench"; each cluster has a /64 of them.
 *
 * <p>For one thread.
 */
final class SimulatedCluster {
    /** What it has. */
    static final List<Kind> KINDS = List.of(Kind.NODE, Kind.IDENTITY, Kind.ENDPOINT, Kind.SERVICE);

    private static final String NETWORK = "fd62:656e:6368:%x:";
    private static final String NUMBER = "bench.number";
    private static final long NODE_ADDRESSES = 1L << 20;
    private static final long BACKEND_ADDRESSES = 2L << 20;
    private static final int NAMESPACES = 20;
    private static final int BACKENDS = 3;
    private static final Map<String, PortProtocol> PORTS = Map.of("http", new PortProtocol("TCP", 8080));

    private final String name;
    private final int id;
    private final long firstIdentity;
    private final Scenario.Shape shape;
    private final List<Kind> drawn = new ArrayList<>();

    /** @param firstIdentity the first of the range of its id */
    SimulatedCluster(String name, int id, long firstIdentity, Scenario scenario) {
        this.name = name;
        this.id = id;
        this.firstIdentity = firstIdentity;
        this.shape = scenario.shape();
        for (Kind kind : KINDS) {
            for (int part = 0; part < scenario.churn().weights().getOrDefault(kind, 0); part++) {
                drawn.add(kind);
            }
        }
    }

    String name() {
        return name;
    }

    int id() {
        return id;
    }

    /** Where all its addresses are. */
    String block() {
        return NETWORK.formatted(id) + ":/64";
    }

    /** Everything it has, sorted by key. */
    List<Declared> everything() {
        List<Declared> all = new ArrayList<>();
        for (Kind kind : KINDS) {
            for (int index = 0; index < count(kind); index++) {
                all.add(resource(kind, index, -1));
            }
        }
        all.sort(Comparator.comparing(resource -> resource.keyIn(name)));
        return all;
    }

    /** One of its resources, changed. */
    Value change(long number, RandomGenerator chance) {
        Kind kind = drawn.get(chance.nextInt(drawn.size()));
        return Value.of(resource(kind, chance.nextInt(count(kind)), number));
    }

    /** The number a change said, -1 where it says none. */
    static long numberIn(io.meshlog.schemas.v1.Resource resource) {
        return switch (resource.getKindCase()) {
            case ENDPOINT -> number(resource.getEndpoint().getMetadata());
            case SERVICE -> number(resource.getService().getLabelsMap().get(NUMBER));
            case NODE -> number(resource.getNode().getLabelsMap().get(NUMBER));
            case IDENTITY ->
                resource.getIdentity().getLabelsList().stream()
                        .filter(label -> label.getKey().equals(NUMBER))
                        .mapToLong(label -> number(label.getValue()))
                        .findFirst()
                        .orElse(-1);
            default -> -1;
        };
    }

    private static long number(@Nullable String text) {
        return text == null || text.isEmpty() ? -1 : Long.parseLong(text);
    }

    private int count(Kind kind) {
        return switch (kind) {
            case NODE -> shape.nodes();
            case IDENTITY -> shape.identities();
            case ENDPOINT -> shape.endpoints();
            case SERVICE -> shape.services();
            default -> throw new IllegalArgumentException(kind.plural());
        };
    }

    private Declared resource(Kind kind, int index, long number) {
        String said = Long.toString(number);
        return switch (kind) {
            case NODE -> node(index, said);
            case IDENTITY ->
                new Identity(
                        firstIdentity + index,
                        List.of(
                                new Identity.Label("bench", NUMBER, said),
                                new Identity.Label("k8s", "app", "app-" + index),
                                new Identity.Label("k8s", "io.cilium.k8s.policy.cluster", name),
                                new Identity.Label("k8s", "io.kubernetes.pod.namespace", namespace(index))));
            case ENDPOINT ->
                new Endpoint(
                        address(index + 1L),
                        null,
                        address(NODE_ADDRESSES + index % shape.nodes()),
                        firstIdentity + index % shape.identities(),
                        0,
                        said,
                        namespace(index),
                        "pod-" + index,
                        "default",
                        List.of());
            case SERVICE -> service(index, said);
            default -> throw new IllegalArgumentException(kind.plural());
        };
    }

    private Node node(int index, String said) {
        return new Node(
                "node-" + index,
                name,
                id,
                List.of(new Node.Address("InternalIP", address(NODE_ADDRESSES + index))),
                null,
                List.of(),
                null,
                List.of(),
                "",
                "",
                "",
                "",
                "custom-resource",
                0,
                Map.of("kubernetes.io/os", "linux", NUMBER, said),
                Map.of(),
                "",
                "");
    }

    private Service service(int index, String said) {
        Map<String, Map<String, PortProtocol>> backends = new TreeMap<>();
        for (int backend = 0; backend < BACKENDS; backend++) {
            backends.put(address(BACKEND_ADDRESSES + (long) index * BACKENDS + backend), PORTS);
        }
        return new Service(
                name,
                id,
                namespace(index),
                "service-" + index,
                Map.of("10.96.%d.%d".formatted(index >> 8 & 255, index & 255), PORTS),
                backends,
                Map.of(),
                Map.of(),
                Map.of("app", "app-" + index, NUMBER, said),
                Map.of("app", "app-" + index),
                true,
                true);
    }

    private static String namespace(int index) {
        return "team-" + index % NAMESPACES;
    }

    /** In the one way IPv6 addresses are written. */
    private String address(long number) {
        long high = number >> 16;
        String low = Long.toHexString(number & 0xffff);
        return NETWORK.formatted(id) + (high == 0 ? ":" + low : ":" + Long.toHexString(high) + ":" + low);
    }
}
