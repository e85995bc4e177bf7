package io.meshlog.it.strangers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.meshlog.cli.Endpoints;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.EventLogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.it.up.RunningUp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kcat, the official Python client, grpcurl and DuckDB read a fleet that {@code up} started. */
@Timeout(600)
final class StrangersTest {
    private static final Path HOME = Path.of(System.getProperty("meshlog.home"));
    private static final Path TARGET = HOME.resolve("integration-tests/target/strangers");
    private static final String WEB = "eastus/services/shop/web";

    @TempDir
    static Path folder;

    private static RunningUp up;
    private static Endpoints fleet;
    private static Topics topics;

    @BeforeAll
    static void startFleet() throws IOException {
        assumeThat(RunningUp.isPacked())
                .as("there are no jars to run: mvn package makes them")
                .isTrue();
        up = RunningUp.start(folder.resolve("data"), HOME.resolve("examples/three-clusters"), RunningUp.freePorts());
        fleet = up.endpoints();
        topics = new Topics(fleet.fleet());
        await("the example clusters")
                .atMost(Duration.ofMinutes(1))
                .until(() -> up.meshlog("get", "services").contains("westeurope"));
        Files.createDirectories(TARGET);
    }

    @AfterAll
    static void leaveNothing() throws IOException {
        if (up != null) {
            up.leaveNothing();
        }
    }

    @Test
    void kcatReadsTheTopicsAsTheyAre() {
        Tool kcat = Tool.onPath("kcat");
        int said = events();
        List<String> lines = kcat.run(List.of(
                        // the wire format's zero, the schema's id, and the datum that follows is not looked at
                        "-C",
                        "-e",
                        "-q",
                        "-b",
                        fleet.kafka(),
                        "-t",
                        topics.events(),
                        "-s",
                        "value=>bi",
                        "-f",
                        "%o %k %s\\n"))
                .lines()
                .toList();

        assertThat(lines).hasSizeGreaterThanOrEqualTo(said);
        assertThat(lines).allMatch(line -> line.matches("\\d+ (_fleet|eastus|westeurope|edge) 0\\d+"));
        assertThat(kcat.run(List.of("-C", "-e", "-q", "-b", fleet.kafka(), "-t", topics.changelog(), "-f", "%k\\n"))
                        .lines())
                .contains(WEB);
    }

    @Test
    void theOfficialPythonClientDecodesEveryEventAndChange() {
        Tool python = python();

        int said = events();
        List<JsonObject> events = decode(python, topics.events());
        assertThat(events).hasSizeGreaterThanOrEqualTo(said);
        assertThat(events.stream().map(StrangersTest::eventId).toList()).isEqualTo(ourEvents(events.size()));
        assertThat(events)
                .noneMatch(event -> op(event).equals("UNKNOWN"))
                .anyMatch(event -> op(event).equals("FRAME"));

        List<JsonObject> changes = decode(python, topics.changelog());
        assertThat(changes.stream().map(StrangersTest::eventId).toList()).isEqualTo(ourChanges(changes.size()));
        assertThat(changes)
                .noneMatch(change -> op(change).equals("UNKNOWN"))
                .anyMatch(change -> change.get("key").getAsString().equals(WEB));
    }

    @Test
    void duckDbAnswersWhatWasExportedWhereAndWhen() {
        Tool python = python();
        String answer = python.run(List.of(
                HOME.resolve("examples/analytics/exports.py").toString(),
                "--data",
                folder.resolve("data").toString(),
                "--db",
                folder.resolve("exports.duckdb").toString()));

        assertThat(answer.lines().filter(line -> line.contains("shop/web"))).hasSize(2);
        assertThat(answer.lines().filter(line -> line.contains("today"))).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void grpcurlWorksByReflectionAlone() {
        Path bin = TARGET.resolve("bin");
        Tool.onPath("go")
                .runOrSkip(
                        "grpcurl",
                        List.of("install", "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3"),
                        Map.of("GOBIN", bin.toAbsolutePath().toString()));
        Tool grpcurl = Tool.at(bin.resolve("grpcurl"));

        assertThat(grpcurl.run(List.of("-plaintext", fleet.grpc(), "list")))
                .contains("meshlog.v1.Mesh", "meshlog.v1.Publishing", "meshlog.v1.Admin");
        assertThat(grpcurl.run(List.of(
                        "-plaintext", "-d", "{\"key\":\"%s\"}".formatted(WEB), fleet.grpc(), "meshlog.v1.Mesh/Get")))
                .contains("\"namespace\": \"shop\"");
        assertThat(grpcurl.run(List.of(
                        "-plaintext",
                        "-d",
                        "{\"selector\":{\"kinds\":[\"services\"]}}",
                        fleet.grpc(),
                        "meshlog.v1.Mesh/List")))
                .contains("westeurope/services/shop/web");
        assertThat(grpcurl.run(List.of("-plaintext", fleet.grpc(), "grpc.health.v1.Health/Check")))
                .contains("SERVING");
    }

    /** An interpreter with the client and DuckDB, made once. */
    private static Tool python() {
        Tool installed = Tool.onPath("python3");
        Path venv = TARGET.resolve("venv");
        Tool own = Tool.at(venv.resolve("bin/python"));
        installed.runOrSkip("a Python environment", List.of("-m", "venv", venv.toString()), Map.of());
        own.runOrSkip(
                "the official Python client",
                List.of(
                        "-m",
                        "pip",
                        "install",
                        "-q",
                        "-r",
                        HOME.resolve("examples/analytics/requirements.txt").toString()),
                Map.of());
        return own;
    }

    private static List<JsonObject> decode(Tool python, String topic) {
        return python.run(List.of(
                        HOME.resolve("integration-tests/src/test/resources/strangers/decode.py")
                                .toString(),
                        fleet.kafka(),
                        fleet.schemaRegistry(),
                        topic))
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private static String op(JsonObject record) {
        return record.get("op").getAsString();
    }

    private static String eventId(JsonObject record) {
        return record.get("eventId").getAsString();
    }

    /** How many events there are at least. */
    private static int events() {
        try (EventLogReader reader = new EventLogReader(KafkaConnection.of(fleet.kafka()), topics)) {
            return Math.toIntExact(reader.end(Duration.ofSeconds(10)));
        }
    }

    /** The first events' ids as our own reader sees them. */
    private static List<String> ourEvents(int count) {
        List<String> ours = new ArrayList<>();
        try (EventLogReader reader = new EventLogReader(KafkaConnection.of(fleet.kafka()), topics)) {
            reader.seek(0);
            await().until(() -> {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record -> ours.add(record.event().eventId().toString()));
                return ours.size() >= count;
            });
        }
        return ours.subList(0, count);
    }

    /** The first changes' events' ids as our own reader sees them, empty for tombstones. */
    private static List<String> ourChanges(int count) {
        List<String> ours = new ArrayList<>();
        try (ChangelogReader reader = new ChangelogReader(KafkaConnection.of(fleet.kafka()), topics)) {
            reader.seek(0);
            await().until(() -> {
                for (ChangeRecord record : reader.poll(Duration.ofMillis(100))) {
                    ours.add(
                            record.change() == null
                                    ? ""
                                    : record.change().provenance().eventId().toString());
                }
                return ours.size() >= count;
            });
        }
        return ours.subList(0, count);
    }
}
