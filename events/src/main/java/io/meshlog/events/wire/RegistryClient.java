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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.avro.Schema;

/**
 * The part of the Confluent schema registry's REST API that writers need; Confluent, Karapace, Redpanda and Apicurio (at
 * {@code /apis/ccompat/v7}) speak it. Safe on any thread; each call blocks for at most the timeout.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">The API</a>
 */
public final class RegistryClient implements AutoCloseable {
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int OK = 200;
    private static final int SHOWN_BODY_CHARS = 300;

    private final URI base;
    private final Duration timeout;
    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param base the URL before {@code /subjects}
     * @param timeout of one call
     */
    public RegistryClient(URI base, Duration timeout) {
        this.base = base;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
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
        ObjectNode body = json.createObjectNode();
        body.put("schemaType", "AVRO");
        body.put("schema", schema.toString());
        String path = "/subjects/%s/versions".formatted(URLEncoder.encode(subject, StandardCharsets.UTF_8));
        JsonNode id = call(path, body.toString()).get("id");
        if (id == null || !id.canConvertToInt()) {
            throw new RegistryException("the schema registry at %s gave no id for %s".formatted(base, subject), false);
        }
        return id.intValue();
    }

    private JsonNode call(String path, String body) {
        URI uri = URI.create(base.toString().replaceAll("/+$", "") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Content-Type", CONTENT_TYPE)
                .header("Accept", CONTENT_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != OK) {
                throw refused(uri, response);
            }
            return json.readTree(response.body());
        } catch (JsonProcessingException garbled) {
            throw new RegistryException("the schema registry's answer at %s is no JSON".formatted(uri), garbled);
        } catch (IOException away) {
            throw new RegistryException("the schema registry at %s does not answer".formatted(uri), away);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted while asking the schema registry at " + uri, interrupted);
        }
    }

    private static RegistryException refused(URI uri, HttpResponse<String> response) {
        int status = response.statusCode();
        String body = response.body();
        String shown = body.length() > SHOWN_BODY_CHARS ? body.substring(0, SHOWN_BODY_CHARS) + "..." : body;
        return new RegistryException(
                "the schema registry answered %d at %s: %s".formatted(status, uri, shown),
                status >= SERVER_ERROR || status == TOO_MANY_REQUESTS);
    }

    @Override
    public void close() {
        http.close();
    }
}
