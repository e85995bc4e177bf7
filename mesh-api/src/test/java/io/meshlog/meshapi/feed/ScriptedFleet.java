package io.meshlog.meshapi.feed;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.fold.MemoryEntries;
import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** A fleet of one cluster, eastus, and the changelog that the real fold makes of what is said in it. */
public final class ScriptedFleet {
    public static final ValueEncoding ENCODING = new ValueCodec();
    private static final UUID LOG_ID = new UUID(1, 2);

    public final MemoryEntries entries = new MemoryEntries();
    public final LiveFleetState state = new LiveFleetState(entries, ENCODING);
    private final FleetFold fold;
    private final List<ChangeRecord> changelog = new ArrayList<>();
    private final List<EventRecord> events = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private UUID logId = LOG_ID;
    private long nextEvent;

    public ScriptedFleet(int maxChanges) {
        fold = new FleetFold(Limits.DEFAULT.withMaxChanges(maxChanges), ENCODING);
        decide(new Sender(null, "setup", "", "setup", 0, 0), new Statement.Found("test", LOG_ID, 1, 255));
        open(null, "operator");
        command(new Statement.Admit(new Cluster("eastus", 1, List.of(), List.of(), 0)));
        open("eastus", "publisher");
    }

    /** Everything said so far. */
    public List<EventRecord> events() {
        return List.copyOf(events);
    }

    /** Everything decided so far. */
    public List<ChangeRecord> changelog() {
        return List.copyOf(changelog);
    }

    public void upsert(String name, String value) {
        Value opaque = Value.of(new Opaque(bytes(name), bytes(value)));
        say(new Statement.Upsert(key(name), opaque));
    }

    public void upsertNode(String name, Map<String, String> labels) {
        Node node = new Node(
                name, "eastus", 1, List.of(), null, List.of(), null, List.of(), "", "", "", "", "", 0, labels, Map.of(),
                "", "");
        say(new Statement.Upsert(node.keyIn("eastus"), Value.of(node)));
    }

    public void delete(String name) {
        say(new Statement.Delete(key(name)));
    }

    public void say(Statement statement) {
        say("eastus", "publisher", statement);
    }

    public void command(Statement statement) {
        say(null, "operator", statement);
    }

    /** From here on the log has another id. */
    public void refound(UUID newLogId) {
        logId = newLogId;
        command(new Statement.Refound(newLogId, "acked events were lost"));
    }

    public void finishJobs() {
        while (!state.jobs().isEmpty()) {
            command(new Statement.Step(state.jobs().iterator().next().id()));
        }
    }

    private void open(String cluster, String writer) {
        sequences.put(writer, 0L);
        decide(
                new Sender(cluster, writer, "", writer, 1, 0),
                new Statement.OpenSession(new UUID(writer.hashCode(), 1)));
    }

    private void say(String cluster, String writer, Statement statement) {
        long sequence = sequences.merge(writer, 1L, Long::sum);
        decide(new Sender(cluster, writer, "", writer, 1, sequence), statement);
    }

    private void decide(Sender sender, Statement statement) {
        MeshEvent event = new MeshEvent(new UUID(3, nextEvent), sender, OptionalLong.empty(), statement);
        events.add(new EventRecord(nextEvent, 0, event));
        Decision decision = fold.decide(state, nextEvent++, event);
        state.apply(decision);
        decision.changes().forEach(change -> append(change.key(), change));
        decision.forgotten().forEach(key -> append(key, null));
    }

    private void append(ResourceKey key, FleetChange change) {
        // every fourth offset is a transaction's marker, which no record has
        long offset = changelog.isEmpty() ? 0 : changelog.getLast().offset() + 1;
        changelog.add(new ChangeRecord(offset % 4 == 3 ? offset + 1 : offset, 0, logId, key, change));
    }

    public static ResourceKey key(String name) {
        return new ResourceKey("eastus/opaque/" + name);
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What compaction may leave: of the first records some of those that a later one of the same key follows are gone. */
    public static List<ChangeRecord> compacted(List<ChangeRecord> records, int dirtyFrom, Random random) {
        Set<ResourceKey> later = new HashSet<>();
        List<ChangeRecord> kept = new ArrayList<>();
        for (int i = records.size() - 1; i >= 0; i--) {
            ChangeRecord record = records.get(i);
            boolean superseded = !later.add(record.key());
            if (i >= dirtyFrom || !superseded || random.nextInt(4) == 0) {
                kept.addFirst(record);
            }
        }
        return kept;
    }
}
