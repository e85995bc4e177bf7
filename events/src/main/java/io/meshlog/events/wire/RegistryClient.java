package io.meshlog.events.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The part of the Confluent schema registry's REST API that writers need; Confluent, Karapace, Redpanda and Apicurio (at
 * {@code /apis/ccompat/v7}) speak it.
 *
 * <p>Safe on any thread. What can be asked again is asked {@value #ATTEMPTS} times, so that one call blocks for at most
 * one timeout, for one that passed is not waited for again, and the {@value #FIRST_PAUSE_MS} ms and {@value
 * #FIRST_PAUSE_MS} x 2 ms between attempts that were answered.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">The API</a>
 */
public final class RegistryClient implements AutoCloseable {
    /** How often a registry that is away or fails is asked. */
    public static final int ATTEMPTS = 3;

    private static final long FIRST_PAUSE_MS = 100;
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final int SHOWN_BODY_CHARS = 300;

    private final URI base;
    private final Duration timeout;
    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param base the URL before {@code /subjects}
     * @param timeout of one attempt
     */
    public RegistryClient(URI base, Duration timeout) {
        this(base, timeout, null);
    }

    /** @param tls for https, null for the platform's trust store and no client certificate */
    public RegistryClient(URI base, Duration timeout, @Nullable SSLContext tls) {
        this.base = base;
        this.timeout = timeout;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
        this.http = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    public URI base() {
        return base;
    }

    /**
     * Registers the schema under the subject, or finds that it is there already.
     *
     * @return its id
     * @throws RegistryException if the registry is away, fails or refuses it as incompatible
     */
    public int register(String subject, Schema schema) {
        return id(subject, call("/subjects/%s/versions".formatted(encoded(subject)), body(schema)));
    }

    /**
     * The schema's id, empty where it is not registered under the subject.
     *
     * @throws RegistryException if the registry is away or fails
     */
    public OptionalInt find(String subject, Schema schema) {
        try {
            return OptionalInt.of(id(subject, call("/subjects/" + encoded(subject), body(schema))));
        } catch (RegistryException failed) {
            if (failed.status() == NOT_FOUND) {
                return OptionalInt.empty();
            }
            throw failed;
        }
    }

    /**
     * The compatibility the registry enforces for the subject, its own or the registry's default; for example {@code
     * FULL_TRANSITIVE}.
     *
     * @throws RegistryException if the registry is away or fails
     */
    public String compatibility(String subject) {
        JsonNode level;
        try {
            level = call("/config/%s?defaultToGlobal=true".formatted(encoded(subject)), null);
        } catch (RegistryException failed) {
            if (failed.status() != NOT_FOUND) {
                throw failed;
            }
            level = call("/config", null);
        }
        return level.path("compatibilityLevel").asText("NONE");
    }

    private int id(String subject, JsonNode answer) {
        JsonNode id = answer.get("id");
        if (id == null || !id.canConvertToInt()) {
            throw new RegistryException("the schema registry at %s gave no id for %s".formatted(base, subject), OK);
        }
        return id.intValue();
    }

    private String body(Schema schema) {
        ObjectNode body = json.createObjectNode();
        body.put("schemaType", "AVRO");
        body.put("schema", schema.toString());
        return body.toString();
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8);
    }

    private JsonNode call(String path, @Nullable String body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return callOnce(path, body);
            } catch (RegistryException failed) {
                if (!failed.isRetryable() || attempt == ATTEMPTS || isTimeout(failed)) {
                    throw failed;
                }
            }
            pause(FIRST_PAUSE_MS << (attempt - 1));
        }
    }

    /** Who has waited the whole time already does not wait for it again. */
    private static boolean isTimeout(RegistryException failed) {
        return failed.getCause() instanceof HttpTimeoutException;
    }

    private JsonNode callOnce(String path, @Nullable String body) {
        URI uri = URI.create(base.toString().replaceAll("/+$", "") + path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(timeout).header("Accept", CONTENT_TYPE);
        if (body != null) {
            request.header("Content-Type", CONTENT_TYPE).POST(HttpRequest.BodyPublishers.ofString(body));
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != OK) {
                throw refused(uri, response);
            }
            return json.readTree(response.body());
        } catch (JsonProcessingException garbled) {
            throw new RegistryException("the schema registry's answer at %s is no JSON".formatted(uri), garbled);
        } catch (IOException away) {
            throw new RegistryException("the schema registry at %s does not answer".formatted(uri), away);
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private RegistryException interrupted(InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new RegistryException(
                "interrupted while asking the schema registry at " + base, RegistryException.NO_STATUS, interrupted);
    }

    private static RegistryException refused(URI uri, HttpResponse<String> response) {
        String body = response.body();
        String shown = body.length() > SHOWN_BODY_CHARS ? body.substring(0, SHOWN_BODY_CHARS) + "..." : body;
        return new RegistryException(
                "the schema registry answered %d at %s: %s".formatted(response.statusCode(), uri, shown),
                response.statusCode());
    }

    /** Whether asking again can help where that was answered. */
    static boolean isRetryable(int status) {
        return status >= SERVER_ERROR || status == TOO_MANY_REQUESTS;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
