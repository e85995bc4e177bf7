package io.meshlog.events.model;

import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.events.model.Service.BackendZone;
import io.meshlog.events.model.Service.PortProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resources as a cluster could declare them, the same ones for the same seed. Every optional field is sometimes there and
 * sometimes not; text is sometimes empty and sometimes beyond ASCII. Names are unlikely to come twice.
 */
public final class RandomResources {
    private static final int MOST_ITEMS = 4;
    private static final String[] PROTOCOLS = {"TCP", "UDP", "SCTP", "ANY"};
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-";
    /** One char each of one to four bytes in UTF-8, and what JSON and Cilium escape. */
    private static final String[] ODD = {"\u00e4", "\u20ac", "\ud83d\ude00", "\"", "\\", "\n", "<", "\u0001"};

    private final Random random;
    private final String cluster;
    private final int clusterId;

    /** Resources of the cluster eastus, which has id 1. */
    public RandomResources(long seed) {
        this(seed, "eastus", 1);
    }

    public RandomResources(long seed, String cluster, int clusterId) {
        this.random = new Random(seed);
        this.cluster = cluster;
        this.clusterId = clusterId;
    }

    public Random random() {
        return random;
    }

    /** A resource of any kind clusters declare. */
    public Declared declared() {
        return switch (random.nextInt(9)) {
            case 0 -> node();
            case 1 -> identity();
            case 2 -> endpoint();
            case 3 -> service();
            case 4 -> slice();
            case 5 -> export();
            case 6 -> policy();
            case 7 -> config();
            default -> opaque();
        };
    }

    /** A resource of any kind clusters declare, now and then with exact bytes beside it. */
    public Value value() {
        return new Value(declared(), random.nextInt(5) == 0 ? bytes(40) : null);
    }

    public Node node() {
        return new Node(
                "node-" + name(),
                cluster,
                random.nextBoolean() ? clusterId : 0,
                list(() -> new Node.Address(random.nextBoolean() ? "InternalIP" : "CiliumInternalIP", ip())),
                orNull(this::cidr),
                list(this::cidr),
                orNull(this::cidr),
                list(this::cidr),
                orEmpty(this::ip),
                orEmpty(this::ip),
                orEmpty(this::ip),
                orEmpty(this::ip),
                "custom-resource",
                random.nextInt(256),
                texts(),
                texts(),
                text(),
                text());
    }

    /** With an id of its cluster's range, for fleets of up to 255 clusters. */
    public Identity identity() {
        return new Identity(
                ((long) clusterId << 16) + 256 + random.nextInt(65_000),
                list(() -> new Identity.Label("k8s", name(), text())));
    }

    public Endpoint endpoint() {
        boolean cidr = random.nextInt(8) == 0;
        return new Endpoint(
                ip(),
                cidr ? Bytes.owned(new byte[] {-1, -1, -1, (byte) (random.nextInt(256) & 0xf0)}) : null,
                orEmpty(this::ip),
                random.nextInt(1 << 17),
                random.nextInt(256),
                text(),
                orEmpty(this::name),
                orEmpty(this::name),
                orEmpty(this::name),
                list(() -> new Endpoint.NamedPort(name(), port(), protocol())));
    }

    public Service service() {
        return new Service(
                cluster,
                random.nextBoolean() ? clusterId : 0,
                name(),
                name(),
                map(this::ip, this::ports),
                map(this::ip, this::ports),
                map(this::ip, this::name),
                map(this::ip, () -> new BackendZone(orEmpty(this::name), list(this::name))),
                texts(),
                texts(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private Map<String, PortProtocol> ports() {
        return map(() -> orEmpty(this::name), () -> new PortProtocol(protocol(), port()));
    }

    public EndpointSlice slice() {
        return new EndpointSlice(
                cluster,
                random.nextBoolean() ? clusterId : 0,
                name(),
                name(),
                texts(),
                texts(),
                random.nextBoolean() ? "IPv4" : "IPv6",
                list(() -> new SliceEndpoint(
                        list(this::ip),
                        orNull(random::nextBoolean),
                        orNull(random::nextBoolean),
                        orNull(random::nextBoolean),
                        orNull(this::text),
                        orNull(this::name),
                        orNull(this::name),
                        list(this::name),
                        list(this::name))),
                list(() -> new SlicePort(
                        orNull(() -> orEmpty(this::name)),
                        orNull(this::protocol),
                        orNull(this::port),
                        orNull(this::name))));
    }

    public ServiceExport export() {
        return new ServiceExport(
                cluster,
                name(),
                name(),
                texts(),
                texts(),
                orEmpty(() -> "2026-11-23T09:40:28Z"),
                list(() -> new ServiceExport.Port(orEmpty(this::name), protocol(), orNull(this::name), port())),
                random.nextBoolean() ? "ClusterSetIP" : "Headless",
                random.nextBoolean() ? "None" : "ClientIP",
                orNull(() -> random.nextInt(10_000)),
                list(() -> random.nextBoolean() ? "IPv4" : "IPv6"),
                orNull(() -> "Cluster"),
                orNull(() -> "PreferClose"));
    }

    public Policy policy() {
        Policy.Flavour flavour = List.of(Policy.Flavour.values()).get(random.nextInt(3));
        return new Policy(
                flavour,
                flavour.namespaced() ? name() : "",
                name(),
                texts(),
                "{\"spec\":{\"description\":\"%s\"}}".formatted(name()));
    }

    public ClusterConfig config() {
        return new ClusterConfig(
                cluster,
                clusterId,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean() ? 255 : 0,
                orNull(random::nextBoolean),
                orNull(() -> "services-and-endpointslices"));
    }

    /** With a key of any bytes, as etcd allows. */
    public Opaque opaque() {
        return new Opaque(bytes(1 + random.nextInt(30)), bytes(random.nextInt(60)));
    }

    public Bytes bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Bytes.owned(bytes);
    }

    /** Lower-case letters, digits and dashes. */
    public String name() {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }

    /** Any text, empty as well. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(random.nextInt(3) == 0 ? ODD[random.nextInt(ODD.length)] : name());
        }
        return text.toString();
    }

    /** An IPv4 address under 10.(cluster id), or an IPv6 one. */
    public String ip() {
        return random.nextInt(4) == 0
                ? "fd00:%x::%x".formatted(clusterId, random.nextInt(1 << 16))
                : "10.%d.%d.%d".formatted(clusterId, random.nextInt(256), random.nextInt(256));
    }

    private String cidr() {
        return "10.%d.%d.0/24".formatted(clusterId, random.nextInt(256));
    }

    private int port() {
        return random.nextInt(1 << 16);
    }

    private String protocol() {
        return PROTOCOLS[random.nextInt(PROTOCOLS.length)];
    }

    private Map<String, String> texts() {
        return map(this::name, this::text);
    }

    private String orEmpty(Supplier<String> text) {
        return random.nextBoolean() ? text.get() : "";
    }

    private <T> @Nullable T orNull(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private <T> List<T> list(Supplier<T> item) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(MOST_ITEMS); i > 0; i--) {
            list.add(item.get());
        }
        return list;
    }

    private <V> Map<String, V> map(Supplier<String> key, Supplier<V> value) {
        Map<String, V> map = new HashMap<>();
        for (int i = random.nextInt(MOST_ITEMS); i > 0; i--) {
            map.put(key.get(), value.get());
        }
        return map;
    }
}
