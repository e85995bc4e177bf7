package io.meshlog.events.fold;

import static io.meshlog.events.fold.FoldHarness.endpoint;
import static io.meshlog.events.fold.FoldHarness.identity;
import static io.meshlog.events.fold.FoldHarness.key;
import static io.meshlog.events.fold.FoldHarness.node;
import static io.meshlog.events.fold.FoldHarness.opaque;
import static io.meshlog.events.fold.FoldHarness.sender;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.RandomResources;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A history of every op as it was recorded with feature level 1, and one of the kinds that level 2 brought: its events, byte for byte, must give its changes, byte for
 * byte, for ever. Lines of hex; never to be recorded anew for a level that was released.
 */
class GoldenHistoryTest {
    private static final Limits LIMITS = Limits.DEFAULT.withMaxChanges(4);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theRecordedEventsGiveTheRecordedChanges(int level) throws IOException {
        EventCodec codec = new EventCodec();
        FoldHarness fleet = new FoldHarness(LIMITS);

        for (MeshEvent event : events(level)) {
            fleet.decide(event);
        }

        assertThat(fleet.log.stream().map(codec::encode).map(HexFormat.of()::formatHex))
                .isEqualTo(recorded(level, "events").stream()
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .toList());
        assertThat(changes(fleet)).isEqualTo(recorded(level, "changes"));
    }

    /** Each line's datum under the release of the schema that stands before it, release 1 where none does. */
    private static List<MeshEvent> events(int level) throws IOException {
        EventCodec codec = new EventCodec();
        return recorded(level, "events").stream()
                .map(line -> {
                    int space = line.indexOf(' ');
                    int release = space < 0 ? 1 : Integer.parseInt(line.substring(0, space));
                    byte[] datum = HexFormat.of().parseHex(line.substring(space + 1));
                    long fingerprint = ReleasedSchemas.of("MeshEvent").fingerprint(release);
                    return codec.decode(fingerprint, datum, 0, datum.length);
                })
                .toList();
    }

    @Test
    void whatWasSaidThenIsDecidedTheSameNow() throws IOException {
        assertThat(changes(play())).isEqualTo(recorded(1, "changes"));
        assertThat(changes(playNewKinds())).isEqualTo(recorded(2, "changes"));
    }

    @Test
    void theHistoryHasEveryStatementThatCanBeSaid() throws IOException {
        List<Class<?>> said = events(1).stream()
                .<Class<?>>map(event -> event.statement().getClass())
                .distinct()
                .toList();
        List<Class<?>> all = List.of(Statement.class.getPermittedSubclasses()).stream()
                .filter(type -> type != Statement.Malformed.class)
                .<Class<?>>map(type -> type)
                .toList();

        assertThat(said).containsExactlyInAnyOrderElementsOf(all);
    }

    private static List<String> recorded(int level, String what) throws IOException {
        String name = "/golden/history/%d/%s.hex".formatted(level, what);
        try (var in = GoldenHistoryTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    private static List<String> changes(FoldHarness fleet) {
        ChangeCodec codec = new ChangeCodec();
        return fleet.changes.stream()
                .map(change -> HexFormat.of().formatHex(codec.encode(change)))
                .toList();
    }

    /** Records a history for a level that is not released yet. */
    @Test
    @EnabledIfSystemProperty(named = "meshlog.golden.record", matches = ".+")
    void record() throws IOException {
        Path folder = Path.of(System.getProperty("meshlog.golden.record"));
        FoldHarness fleet = playNewKinds();
        EventCodec codec = new EventCodec();
        long first = ReleasedSchemas.of("MeshEvent").fingerprint(1);
        List<String> events = fleet.log.stream()
                .map(event -> (codec.fingerprint(event) == first ? "" : "2 ")
                        + HexFormat.of().formatHex(codec.encode(event)))
                .toList();
        Files.createDirectories(folder);
        Files.write(folder.resolve("events.hex"), events);
        Files.write(folder.resolve("changes.hex"), changes(fleet));
    }

    /** Refused below level 2, then raised to it: upserts, a frame that becomes a job, deletions, refusals. */
    private static FoldHarness playNewKinds() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(LIMITS);
        RandomResources eastus = new RandomResources(7, "eastus", 1);
        Value config = Value.of(new ClusterConfig("eastus", 1, true, false, 255, true, "services-and-endpointslices"));
        Value wrong = Value.of(new ClusterConfig("eastus", 2, true, false, 255, true, "services-and-endpointslices"));
        fleet.upsert("eastus", config);
        fleet.command(new Statement.RaiseFeatureLevel(2));
        fleet.upsert("eastus", config);
        fleet.upsert("eastus", wrong);
        fleet.upsert("eastus", config);
        fleet.upsert("eastus", Value.of(eastus.export()));
        fleet.upsert("westeurope", Value.of(eastus.export()));
        Value[] policies = Stream.generate(() -> Value.of(eastus.policy()))
                .limit(6)
                .sorted(Comparator.comparing(value -> key("eastus", value)))
                .toArray(Value[]::new);
        fleet.upsert("eastus", policies[0]);
        fleet.frame("eastus", null, null, policies);
        fleet.finishJobs();
        fleet.delete("eastus", key("eastus", policies[2]));
        fleet.command(new Statement.AskDigest());
        fleet.command(new Statement.Expel("eastus", "moved away"));
        fleet.finishJobs();
        fleet.command(new Statement.AskDigest());
        return fleet;
    }

    private static FoldHarness play() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(LIMITS);
        fleet.command(new Statement.RaiseFeatureLevel(1));
        fleet.upsert("eastus", node("eastus", "node-a", "172.1.0.3"));
        fleet.upsert("eastus", identity(65_792, "k8s:app=web", "k8s:io.cilium.k8s.policy.cluster=eastus"));
        fleet.upsert("eastus", endpoint("10.1.0.7", "web-0"));
        fleet.upsert("eastus", endpoint("10.1.0.7", "web-0"));
        fleet.upsert("eastus", endpoint("10.2.0.7", "thief"));
        fleet.decide(sender("eastus", "publisher", 1, 1), new Statement.Delete(new ResourceKey("eastus/nodes/node-a")));
        fleet.decide(
                sender("eastus", "publisher", 1, 99), new Statement.Delete(new ResourceKey("eastus/nodes/node-a")));
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            fleet.upsert("westeurope", opaque(name, "1"));
        }
        fleet.frame("westeurope", null, null, opaque("b", "2"), opaque("z", "1"));
        fleet.upsert("westeurope", opaque("f", "3"));
        fleet.finishJobs();
        fleet.delete("eastus", key("eastus", endpoint("10.2.0.7", "thief")));
        fleet.delete("eastus", key("eastus", endpoint("10.1.0.7", "web-0")));
        transactions(fleet);
        fleet.command(new Statement.AskDigest());
        fleet.command(new Statement.AdvanceHorizon(fleet.state.revision(), 5));
        fleet.finishJobs();
        fleet.open("eastus", "publisher");
        fleet.decide(sender("eastus", "publisher", 1, 8), new Statement.Delete(new ResourceKey("eastus/nodes/node-a")));
        fleet.command(new Statement.Expel("westeurope", "moved away"));
        fleet.finishJobs();
        fleet.command(new Statement.Skip(0, "not needed"));
        fleet.command(new Statement.Refound(new UUID(3, 4), "restored from a copy"));
        fleet.command(new Statement.AskDigest());
        return fleet;
    }

    private static void transactions(FoldHarness fleet) {
        fleet.open("eastus", "etcd");
        ResourceKey lock = new ResourceKey("eastus/opaque/lock");
        Statement.Transaction take = new Statement.Transaction(
                List.of(new Compare(lock, null, Compare.Target.VERSION, Compare.Result.EQUAL, 0, null)),
                List.of(new Operation.Put(opaque("lock", "mine"), 7)),
                List.of(new Operation.Read(lock, null)));
        fleet.say("eastus", "etcd", take);
        fleet.say("eastus", "etcd", take);
        fleet.say(
                "eastus",
                "etcd",
                new Statement.Transaction(
                        List.of(), List.of(new Operation.DeleteRange(lock, new ResourceKey("eastus/p"))), List.of()));
    }
}
