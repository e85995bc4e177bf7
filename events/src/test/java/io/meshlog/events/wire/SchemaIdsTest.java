package io.meshlog.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.codec.ReleasedSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaIdsTest {
    private static final Schema SCHEMA = ReleasedSchemas.of("MeshEvent").latest();

    @TempDir
    private Path folder;

    private final FakeRegistry registry = new FakeRegistry();
    private final RegistryClient client = new RegistryClient(registry.url(), Duration.ofSeconds(5));

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    @Test
    void whileTheRegistryIsAwayTheRememberedIdServes() {
        // given
        registry.answer(200, "{\"id\":42}");
        assertThat(new SchemaIds(client, folder).idOf("f.events", SCHEMA)).isEqualTo(42);

        // when
        registry.forget().answer(503, "");

        // then
        assertThat(new SchemaIds(client, folder).idOf("f.events", SCHEMA)).isEqualTo(42);
    }

    @Test
    void withoutARememberedIdTheNewestRecordsServesAndIsRemembered() {
        registry.answer(503, "");
        long fingerprint = ReleasedSchemas.of("MeshEvent").latestFingerprint();
        CarriedIds carried = (topic, schema) ->
                topic.equals("f.events") && schema == fingerprint ? OptionalInt.of(7) : OptionalInt.empty();

        assertThat(new SchemaIds(client, folder, carried).idOf("f.events", SCHEMA))
                .isEqualTo(7);
        assertThat(new SchemaIds(client, folder).idOf("f.events", SCHEMA)).isEqualTo(7);
    }

    @Test
    void withoutAnyIdItIsSaidWhatIsMissingAndWhoWasAsked() {
        registry.answer(503, "");
        assertThatThrownBy(() -> new SchemaIds(client, folder).idOf("f.events", SCHEMA))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        failed -> assertThat(failed.isRetryable()).isTrue())
                .hasMessageContaining("io.meshlog.schemas.avro.MeshEvent")
                .hasMessageContaining("f.events")
                .hasMessageContaining(registry.url().toString())
                .hasMessageContaining(folder.toString());
    }

    @Test
    void aRefusalStandsAlsoWhereAnIdIsRemembered() {
        registry.answer(200, "{\"id\":42}");
        new SchemaIds(client, folder).idOf("f.events", SCHEMA);
        registry.forget().answer(409, "incompatible");
        assertThatThrownBy(() -> new SchemaIds(client, folder).idOf("f.events", SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("incompatible");
    }

    @Test
    void aDamagedOrUnwritableMemoryIsNoHindrance() throws IOException {
        // given a memory that is no number
        registry.answer(200, "{\"id\":42}");
        SchemaIds ids = new SchemaIds(client, folder);
        ids.idOf("f.events", SCHEMA);
        try (var files = Files.list(folder)) {
            Files.writeString(files.findFirst().orElseThrow(), "\u0000");
        }
        registry.forget().answer(503, "");

        // when, then
        assertThatThrownBy(() -> ids.idOf("f.events", SCHEMA)).isInstanceOf(RegistryException.class);

        // given a folder that cannot be made
        Path file = Files.writeString(folder.resolve("file"), "");
        registry.forget().answer(200, "{\"id\":42}");

        // when, then
        assertThat(new SchemaIds(client, file.resolve("folder")).idOf("f.events", SCHEMA))
                .isEqualTo(42);
    }
}
