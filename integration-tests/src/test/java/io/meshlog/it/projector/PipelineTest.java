package io.meshlog.it.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.projector.Projector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events go in, and what the fold makes of them comes out, byte for byte. */
final class PipelineTest {
    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;

    @BeforeAll
    static void startBroker() {
        broker = FleetOnKafka.broker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20_261_123})
    void theChangelogIsTheFoldOfTheLog(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> clusters = List.of("eastus", "westeurope");
        try (FleetOnKafka fleet = new FleetOnKafka("pipeline-" + seed, broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin("eastus", "westeurope");
            for (int i = 0; i < 2_000; i++) {
                sayAnything(fleet, clusters.get(random.nextInt(2)), random);
            }
            fleet.command(new Statement.Expel("westeurope", "the test is over"));
            fleet.awaitDecided("eastus");
            fleet.awaitChange(
                    "the expelled cluster's job to be done",
                    record -> record.key().value().startsWith("_fleet/jobs/") && isDelete(record));

            fleet.assertChangelogIsTheFoldOfTheLog();
            assertRevisionsAreContiguous(fleet.changes());
        }
    }

    private static void sayAnything(FleetOnKafka fleet, String cluster, Random random) {
        String name = "key-%03d".formatted(random.nextInt(200));
        switch (random.nextInt(10)) {
            case 0, 1 -> fleet.delete(cluster, name);
            case 2 -> {
                List<Value> some = IntStream.range(0, 200)
                        .filter(i -> random.nextBoolean())
                        .mapToObj(i -> Value.of(FleetOnKafka.opaque("key-%03d".formatted(i), "framed")))
                        .toList();
                fleet.say(cluster, new Statement.Frame(null, null, some));
            }
            case 3 -> {
                var stolen = FleetOnKafka.opaque(name, "stolen");
                fleet.say(cluster, new Statement.Upsert(stolen.keyIn("another"), Value.of(stolen)));
            }
            default -> fleet.upsert(cluster, name, "value-" + random.nextInt(3));
        }
    }

    private static boolean isDelete(ChangeRecord record) {
        FleetChange change = record.change();
        return change != null && change.op() == FleetChange.Op.DELETE;
    }

    static void assertRevisionsAreContiguous(List<ChangeRecord> changes) {
        List<Long> revisions = changes.stream()
                .map(ChangeRecord::change)
                .filter(change -> change != null && change.isWrite() && change.index() == 0)
                .map(FleetChange::revision)
                .toList();
        assertThat(revisions)
                .isEqualTo(Stream.iterate(1L, revision -> revision + 1)
                        .limit(revisions.size())
                        .toList());
    }

    @Test
    void forgottenDeletesBecomeTombstones() {
        try (FleetOnKafka fleet = new FleetOnKafka("forgotten", broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin("eastus");
            fleet.upsert("eastus", "a", "1");
            fleet.delete("eastus", "a");
            fleet.upsert("eastus", "b", "1");
            fleet.awaitDecided("eastus");
            long newest = fleet.changes().stream()
                    .filter(record -> record.change() != null)
                    .mapToLong(record -> record.change().revision())
                    .max()
                    .orElseThrow();
            fleet.command(new Statement.AdvanceHorizon(newest, 0));

            ResourceKey key = FleetOnKafka.opaque("a", "").keyIn("eastus");
            fleet.awaitChange("the tombstone", record -> record.key().equals(key) && record.change() == null);
            fleet.assertChangelogIsTheFoldOfTheLog();
        }
    }

    @Test
    void goesOnWhereItEnded_afterAnOrderlyRestart() {
        try (FleetOnKafka fleet = new FleetOnKafka("restart", broker.bootstrapServers(), folder)) {
            Projector first = fleet.start("one");
            fleet.begin("eastus");
            fleet.upsert("eastus", "a", "1");
            fleet.awaitDecided("eastus");
            first.close();
            fleet.upsert("eastus", "b", "1");

            Projector second = fleet.start("one");
            fleet.awaitDecided("eastus");

            fleet.assertChangelogIsTheFoldOfTheLog();
            await().atMost(FleetOnKafka.PATIENCE).until(() -> second.status().active());
        }
    }

    @Test
    void tellsHowItIs() throws Exception {
        try (FleetOnKafka fleet = new FleetOnKafka("status", broker.bootstrapServers(), folder);
                HttpClient http = HttpClient.newHttpClient()) {
            Projector projector = fleet.start("one");
            fleet.begin("eastus");
            fleet.awaitDecided("eastus");
            String base = "http://127.0.0.1:" + projector.statusPort();

            assertThat(get(http, base + "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(http, base + "/healthz").body())
                    .contains("fold: active")
                    .contains("decider: Deciding");
            assertThat(get(http, base + "/metrics").body())
                    .contains("meshlog_projector_active 1")
                    .contains("# TYPE meshlog_projector_events_total counter");
        }
    }

    private static HttpResponse<String> get(HttpClient http, String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
