package io.meshlog.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.publisher.PublisherMetrics;
import io.meshlog.publisher.PublisherStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells over HTTP how publishers are: {@code /readyz} is 200 while all that their clusters declare is decided by the
 * fleet, or by another publisher of the cluster that leads while this one stands by, else 503; both with a line for each.
 * {@code /healthz} is 200 while the process answers. {@code /metrics} is for Prometheus.
 */
final class StatusPage implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final Supplier<List<PublisherStatus>> publishers;
    private final PublisherMetrics metrics;

    private StatusPage(HttpServer server, Supplier<List<PublisherStatus>> publishers) {
        this.server = server;
        this.publishers = publishers;
        this.metrics = new PublisherMetrics(publishers);
    }

    /** What closes the page, where there is to be one, and then the publishers. */
    static AutoCloseable beside(
            @Nullable ServerAddress address, Supplier<List<PublisherStatus>> statuses, AutoCloseable publishers)
            throws IOException {
        if (address == null) {
            return publishers;
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
        StatusPage page = new StatusPage(server, statuses);
        server.createContext("/readyz", page::readiness);
        server.createContext("/metrics", page::metrics);
        server.createContext("/healthz", exchange -> answer(exchange, OK, "ok\n"));
        server.start();
        return () -> {
            page.close();
            publishers.close();
        };
    }

    private void metrics(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", PublisherMetrics.CONTENT_TYPE);
        exchange.sendResponseHeaders(OK, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            metrics.writeTo(out);
        }
    }

    private void readiness(HttpExchange exchange) throws IOException {
        List<PublisherStatus> all = publishers.get();
        boolean ready = !all.isEmpty() && all.stream().allMatch(PublisherStatus::ready);
        String lines = all.stream().map(StatusPage::line).collect(Collectors.joining());
        answer(exchange, ready ? OK : UNAVAILABLE, lines.isEmpty() ? "no cluster is published yet\n" : lines);
    }

    private static String line(PublisherStatus status) {
        return "%s: %s, %d declared, %d pending, %d undecided, %d problems%n"
                .formatted(
                        status.cluster(),
                        status.synced() ? "synced" : status.ready() ? "standing by" : "not synced",
                        status.declared(),
                        status.pending(),
                        status.undecided(),
                        status.problems().size());
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
