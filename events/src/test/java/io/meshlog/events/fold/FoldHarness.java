package io.meshlog.events.fold;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A fleet whose events are said one after another, each with its writer's next sequence. */
final class FoldHarness {
    static final ValueEncoding ENCODING = new ValueCodec();
    static final UUID LOG_ID = new UUID(0x1111, 0x2222);
    static final String OPERATOR = "operator";

    final MemoryEntries entries = new MemoryEntries();
    final List<MeshEvent> log = new ArrayList<>();
    final List<FleetChange> changes = new ArrayList<>();
    final FleetFold fold;
    LiveFleetState state = new LiveFleetState(entries, ENCODING);
    private final Map<ResourceKey, long[]> writers = new HashMap<>();
    private long nextOffset;

    FoldHarness(Limits limits) {
        fold = new FleetFold(limits, ENCODING);
    }

    FoldHarness() {
        this(Limits.DEFAULT);
    }

    /** Founded, the operator's session open, eastus (id 1, 10.1/16) and westeurope (id 2, 10.2/16) admitted and open. */
    static FoldHarness ofTwoClusters(Limits limits) {
        return ofTwoClusters(limits, 1);
    }

    static FoldHarness ofTwoClusters(Limits limits, int featureLevel) {
        FoldHarness harness = new FoldHarness(limits);
        harness.decide(sender(null, OPERATOR, 0, 0), new Statement.Found("test", LOG_ID, featureLevel, 255));
        harness.open(null, OPERATOR);
        harness.command(new Statement.Admit(cluster("eastus", 1)));
        harness.command(new Statement.Admit(cluster("westeurope", 2)));
        harness.open("eastus", "publisher");
        harness.open("westeurope", "publisher");
        return harness;
    }

    static FoldHarness ofTwoClusters() {
        return ofTwoClusters(Limits.DEFAULT);
    }

    static Cluster cluster(String name, int id) {
        return new Cluster(name, id, List.of("10.%d.0.0/16".formatted(id)), List.of("172.%d.0.0/16".formatted(id)), 0);
    }

    static Sender sender(@Nullable String cluster, String writer, long epoch, long sequence) {
        return new Sender(cluster, "principal-of-" + writer, "gateway-0", writer, epoch, sequence);
    }

    Answer open(@Nullable String cluster, String writer) {
        long[] at = writers.computeIfAbsent(ResourceKey.session(cluster, writer), none -> new long[2]);
        at[0]++;
        at[1] = 0;
        UUID incarnation = new UUID(writer.hashCode(), at[0]);
        return decide(sender(cluster, writer, at[0], 0), new Statement.OpenSession(incarnation))
                .answer();
    }

    Answer command(Statement statement) {
        return say(null, OPERATOR, statement);
    }

    Answer upsert(String cluster, Value value) {
        return say(cluster, new Statement.Upsert(key(cluster, value), value));
    }

    Answer delete(String cluster, ResourceKey key) {
        return say(cluster, new Statement.Delete(key));
    }

    Answer frame(String cluster, @Nullable ResourceKey from, @Nullable ResourceKey to, Value... resources) {
        return say(cluster, new Statement.Frame(from, to, List.of(resources)));
    }

    Answer say(String cluster, Statement statement) {
        return say(cluster, "publisher", statement);
    }

    Answer say(@Nullable String cluster, String writer, Statement statement) {
        long[] at = writers.get(ResourceKey.session(cluster, writer));
        at[1]++;
        return decide(sender(cluster, writer, at[0], at[1]), statement).answer();
    }

    Decision decide(Sender sender, Statement statement) {
        return decide(new MeshEvent(new UUID(7, nextOffset), sender, OptionalLong.empty(), statement));
    }

    Decision decide(MeshEvent event) {
        Decision decision = fold.decide(state, nextOffset, event);
        nextOffset++;
        log.add(event);
        changes.addAll(decision.changes());
        state.apply(decision);
        return decision;
    }

    /** Advances jobs until there are none. Returns how many steps it took. */
    int finishJobs() {
        int steps = 0;
        while (!state.jobs().isEmpty()) {
            command(new Statement.Step(state.jobs().iterator().next().id()));
            steps++;
        }
        return steps;
    }

    /** As after a restart: everything kept in memory is read anew. */
    void restart() {
        state = new LiveFleetState(entries, ENCODING);
    }

    @Nullable
    Value value(ResourceKey key) {
        Entry entry = entries.get(key);
        return entry == null || entry.value() == null ? null : ENCODING.decode(entry.value());
    }

    /** The live resources of some kinds with their values. */
    Map<ResourceKey, Value> live(Kind... kinds) {
        List<Kind> wanted = List.of(kinds);
        Map<ResourceKey, Value> live = new TreeMap<>();
        try (Entries.Cursor all = entries.range(null, null)) {
            all.forEachRemaining(entry -> {
                if (entry.value() != null && wanted.contains(entry.kind())) {
                    live.put(entry.key(), ENCODING.decode(entry.value()));
                }
            });
        }
        return live;
    }

    static ResourceKey key(String cluster, Value value) {
        return ((Declared) value.resource()).keyIn(cluster);
    }

    static Value endpoint(String ip, String pod) {
        return Value.of(new Endpoint(ip, null, "", 0, 0, "", "shop", pod, "", List.of()));
    }

    static Value node(String cluster, String name, String ip) {
        return Value.of(new Node(
                name,
                cluster,
                0,
                List.of(new Node.Address("InternalIP", ip)),
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
                Map.of(),
                Map.of(),
                "",
                ""));
    }

    static Value identity(long id, String... labels) {
        List<Identity.Label> list = new ArrayList<>();
        for (String label : labels) {
            String[] parts = label.split("[:=]", 3);
            list.add(new Identity.Label(parts[0], parts[1], parts[2]));
        }
        return Value.of(new Identity(id, list));
    }

    static Value opaque(String key, String value) {
        return Value.of(new Opaque(bytes(key), bytes(value)));
    }

    static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
