package io.meshlog.it.simulation;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportChange;
import io.meshlog.publisher.outbox.Backoff;
import io.meshlog.publisher.outbox.Outbox;
import io.meshlog.publisher.outbox.OutboxListener;
import io.meshlog.publisher.outbox.OutboxState;
import io.meshlog.publisher.outbox.Stamps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One process that publishes for a cluster. Several of one cluster share what is declared, as zombies do. */
final class Member implements OutboxListener, Stamps {
    static final List<String> CLUSTERS = List.of("eastus", "westeurope");
    static final String WRITER = "publisher";
    static final int NAMES = 8;

    final String cluster;
    final Call call;
    final Outbox outbox;
    private final World world;
    private final SortedMap<ResourceKey, Declared> declared;
    private @Nullable UUID incarnation;

    Member(String cluster, SortedMap<ResourceKey, Declared> declared, World world) {
        this.cluster = cluster;
        this.declared = declared;
        this.world = world;
        this.call = new Call(this, world);
        this.outbox = new Outbox(
                call,
                () -> true,
                new Backoff(Duration.ofMillis(20), Duration.ofMillis(400), world.random),
                this,
                resource -> 200,
                this);
        outbox.onDeclared(values(), world.nowMs);
    }

    /** Something in the cluster is another thing. */
    void change() {
        if (world.random.nextInt(12) == 0) {
            declared.keySet().removeIf(key -> world.random.nextBoolean());
            outbox.onDeclared(values(), world.nowMs);
            return;
        }
        Declared resource = anything();
        ResourceKey key = resource.keyIn(cluster);
        if (world.random.nextInt(3) == 0) {
            declared.remove(key);
            outbox.onChanges(List.of(new ExportChange.Withdraw(key)), world.nowMs);
        } else {
            declared.put(key, resource);
            outbox.onChanges(List.of(new ExportChange.Declare(key, resource)), world.nowMs);
        }
    }

    private Declared anything() {
        int number = world.random.nextInt(NAMES);
        int value = world.random.nextInt(3);
        return world.random.nextBoolean()
                ? new Opaque(bytes("k" + number), bytes("v" + value))
                : new Node(
                        "n" + number,
                        cluster,
                        1 + CLUSTERS.indexOf(cluster),
                        List.of(),
                        null,
                        List.of(),
                        null,
                        List.of(),
                        "",
                        "",
                        "",
                        "",
                        "",
                        0,
                        Map.of("zone", "z" + value),
                        Map.of(),
                        "",
                        "");
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void opened(long decided) {
        requireDecided(decided);
    }

    void acknowledged(long sequence) {
        requireDecided(sequence);
    }

    private void requireDecided(long sequence) {
        Session held = world.history.session(cluster);
        Promise.RELIABLE.require(
                held != null && (!held.incarnation().equals(incarnation) || held.sequence() >= sequence),
                "%s was told that event %d is decided, the fleet has %s",
                cluster,
                sequence,
                held);
    }

    void tick() {
        outbox.onTick(world.nowMs);
        Promise.BOUNDED.require(
                outbox.undecided() <= ReplicaNode.GATEWAY_LIMITS.maxUndecidedPerSession(),
                "%s keeps %d events",
                cluster,
                outbox.undecided());
        Promise.BOUNDED.require(outbox.pending() <= 4 * NAMES, "%s keeps %d keys", cluster, outbox.pending());
    }

    @Override
    public UUID incarnation() {
        incarnation = world.newId();
        return incarnation;
    }

    @Override
    public UUID eventId() {
        return world.newId();
    }

    @Override
    public long observedAtMicros() {
        return world.nowMs * 1_000;
    }

    @Override
    public void onTransition(OutboxState from, OutboxState to) {}

    @Override
    public void onSynced(long revision) {}

    @Override
    public void onRefused(List<Refused> refused) {}

    @Override
    public void onTooLarge(ResourceKey key, int bytes, int limit) {
        throw new AssertionError("%s has %d bytes".formatted(key, bytes));
    }

    private SortedMap<ResourceKey, Value> values() {
        SortedMap<ResourceKey, Value> values = new TreeMap<>();
        declared.forEach((key, resource) -> values.put(key, Value.of(resource)));
        return values;
    }
}
