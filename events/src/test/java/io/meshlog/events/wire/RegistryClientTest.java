package io.meshlog.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryClientTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Schema SCHEMA =
            SchemaBuilder.record("R").fields().requiredLong("n").endRecord();

    private final FakeRegistry registry = new FakeRegistry();
    private final RegistryClient client = new RegistryClient(registry.url(), TIMEOUT);

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    @Test
    void aSchemaIsRegisteredUnderItsSubject() {
        registry.answer(200, "{\"id\":17}");

        assertThat(client.register("f.events-value", SCHEMA)).isEqualTo(17);

        assertThat(registry.asked()).containsExactly("POST /apis/subjects/f.events-value/versions");
        assertThat(registry.bodies().getFirst()).contains("\"schemaType\":\"AVRO\"", "\\\"name\\\":\\\"R\\\"");
    }

    @Test
    void aFailingRegistryIsAskedAgain() {
        registry.answer(500, "{}").answer(429, "{}").answer(200, "{\"id\":3}");

        assertThat(client.register("s", SCHEMA)).isEqualTo(3);
        assertThat(registry.asked()).hasSize(3);
    }

    @Test
    void aRegistryThatFailsForGoodIsReportedAfterItsAttempts() {
        registry.answer(503, "sorry");

        assertThatThrownBy(() -> client.register("s", SCHEMA))
                .isInstanceOfSatisfying(RegistryException.class, failed -> {
                    assertThat(failed.isRetryable()).isTrue();
                    assertThat(failed.status()).isEqualTo(503);
                })
                .hasMessageContaining(registry.url().toString())
                .hasMessageContaining("503")
                .hasMessageContaining("sorry");
        assertThat(registry.asked()).hasSize(RegistryClient.ATTEMPTS);
    }

    @Test
    void aRefusalIsFinal() {
        registry.answer(409, "{\"error_code\":409,\"message\":\"incompatible\"}");

        assertThatThrownBy(() -> client.register("s", SCHEMA))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refused -> assertThat(refused.isRetryable()).isFalse())
                .hasMessageContaining("incompatible");
        assertThat(registry.asked()).hasSize(1);
    }

    @Test
    void aSlowRegistryIsGivenUpAfterTheTimeout() {
        registry.stall();
        try (RegistryClient hasty = new RegistryClient(registry.url(), Duration.ofMillis(100))) {
            long begun = System.nanoTime();

            assertThatThrownBy(() -> hasty.register("s", SCHEMA))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            failed -> assertThat(failed.isRetryable()).isTrue())
                    .hasMessageContaining("does not answer");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TIMEOUT);
            assertThat(registry.asked()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void anAbsentRegistryIsSaidToBe() throws IOException {
        URI nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        try (RegistryClient lost = new RegistryClient(nobody, TIMEOUT)) {
            assertThatThrownBy(() -> lost.register("s", SCHEMA))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining(nobody + "/subjects/s/versions does not answer");
        }
    }

    @Test
    void answersThatAreNoneAreReported() {
        registry.answer(200, "<html>");
        assertThatThrownBy(() -> client.register("s", SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("is no JSON");
        registry.forget().answer(200, "{}");
        assertThatThrownBy(() -> client.register("s", SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("gave no id for s");
    }

    @Test
    void aSchemaIsLookedUp() {
        registry.answer(200, "{\"subject\":\"s\",\"version\":1,\"id\":5}");
        assertThat(client.find("s", SCHEMA)).hasValue(5);
        registry.forget().answer(404, "{\"error_code\":40403}");
        assertThat(client.find("s", SCHEMA)).isEmpty();
    }

    @Test
    void theCompatibilityIsTheSubjectsOrTheDefault() {
        registry.answer(200, "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");
        assertThat(client.compatibility("s")).isEqualTo("FULL_TRANSITIVE");
        registry.forget().answer(404, "{}").answer(200, "{\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(client.compatibility("s")).isEqualTo("BACKWARD");
        assertThat(registry.asked()).isEqualTo(List.of("GET /apis/config/s?defaultToGlobal=true", "GET /apis/config"));
    }
}
