package io.meshlog.meshapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HttpFaceTest {
    private final AtomicReference<@Nullable String> fault = new AtomicReference<>();
    private final AtomicReference<@Nullable String> notReady = new AtomicReference<>();
    private final HttpFace face = HttpFace.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new HttpFace.Answers(fault::get, notReady::get, new Metrics()));

    @AfterEach
    void stop() {
        face.close();
    }

    private HttpResponse<String> get(String path, String method) throws Exception {
        URI uri = URI.create("http://127.0.0.1:%d%s".formatted(face.port(), path));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void readyz_saysWhyNot() throws Exception {
        // given
        notReady.set("Bootstrapping: catching up");

        // when
        HttpResponse<String> response = get("/readyz", "GET");

        // then
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("Bootstrapping: catching up\n");
        notReady.set(null);
        assertThat(get("/readyz", "GET").statusCode()).isEqualTo(200);
    }

    @Test
    void healthz_failsAfterAFaultOnly() throws Exception {
        // given
        notReady.set("Lagging");

        // then
        assertThat(get("/healthz", "GET").statusCode()).isEqualTo(200);
        fault.set("out of service");
        assertThat(get("/healthz", "GET").body()).contains("out of service");
    }

    @Test
    void metrics_areInPrometheusText() throws Exception {
        assertThat(get("/metrics", "GET").body()).contains("# TYPE jvm_");
    }

    @Test
    void whatIsNoRead_isNotAllowed() throws Exception {
        assertThat(get("/healthz", "POST").statusCode()).isEqualTo(405);
        assertThat(get("/healthz", "HEAD").statusCode()).isEqualTo(200);
    }
}
