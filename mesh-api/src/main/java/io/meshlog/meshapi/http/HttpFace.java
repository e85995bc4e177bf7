package io.meshlog.meshapi.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server for those who look after the process.
 *
 * <ul>
 *   <li>{@code /healthz}: 200 while it works, 503 after a fault: restart it
 *   <li>{@code /readyz}: 200 while it is synced, 503 with the reason while it is not: send clients elsewhere
 *   <li>{@code /metrics}: Prometheus text
 * </ul>
 *
 * At most {@value #BACKLOG} connections wait for its two threads; further ones are not accepted.
 */
public final class HttpFace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFace.class);
    private static final int THREADS = 2;
    private static final int BACKLOG = 64;
    private static final int OK = 200;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;

    private HttpFace(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * What is asked when somebody asks.
     *
     * @param fault why the process should be restarted, null where it should not
     * @param notReady why clients should go elsewhere, null where they need not
     */
    public record Answers(Supplier<@Nullable String> fault, Supplier<@Nullable String> notReady, Metrics metrics) {}

    /** @throws UncheckedIOException if the address cannot be had */
    public static HttpFace start(InetSocketAddress bind, Answers answers) {
        try {
            HttpServer server = HttpServer.create(bind, BACKLOG);
            ExecutorService threads = Executors.newFixedThreadPool(
                    THREADS, Thread.ofPlatform().name("http-", 0).daemon(true).factory());
            server.setExecutor(threads);
            server.createContext(
                    "/healthz", exchange -> answer(exchange, answers.fault().get(), "ok"));
            server.createContext(
                    "/readyz", exchange -> answer(exchange, answers.notReady().get(), "synced"));
            server.createContext("/metrics", exchange -> metrics(exchange, answers.metrics()));
            server.start();
            LOG.info("HTTP is served on {}", server.getAddress());
            return new HttpFace(server, threads);
        } catch (IOException taken) {
            throw new UncheckedIOException("http.bind: %s cannot be served on: %s".formatted(bind, taken), taken);
        }
    }

    /** The port that is served on; for port 0 the one that was given. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, @Nullable String wrong, String right) throws IOException {
        String words = (wrong == null ? right : wrong) + "\n";
        send(exchange, wrong == null ? OK : UNAVAILABLE, TEXT, words.getBytes(StandardCharsets.UTF_8));
    }

    private static void metrics(HttpExchange exchange, Metrics metrics) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        metrics.writeTo(text);
        send(exchange, OK, Metrics.CONTENT_TYPE, text.toByteArray());
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", type);
            if (method.equals("HEAD")) {
                exchange.sendResponseHeaders(code, -1);
                return;
            }
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
