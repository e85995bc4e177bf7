package io.meshlog.projector;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meshlog.projector.ProjectorStatus.State;
import io.meshlog.projector.streams.FoldProgress;
import io.meshlog.projector.streams.StopCause;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells over HTTP how a projector is, in plain text, from the server's one thread.
 *
 * <ul>
 *   <li>{@code /healthz}: 200 while the process can do its work or says itself why not; it fails only where a restart
 *       would help
 *   <li>{@code /readyz}: 200 while it folds or stands by, else 503 and why not
 *   <li>{@code /metrics}: for Prometheus
 * </ul>
 */
final class StatusServer implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final Supplier<ProjectorStatus> status;
    private final FoldProgress progress;

    /** @throws UncheckedIOException if the address cannot be had */
    StatusServer(InetSocketAddress address, Supplier<ProjectorStatus> status, FoldProgress progress) {
        this.status = status;
        this.progress = progress;
        try {
            this.server = HttpServer.create(address, 0);
        } catch (IOException taken) {
            throw new UncheckedIOException("http.bind: cannot listen on " + address, taken);
        }
        server.createContext("/healthz", this::health);
        server.createContext("/readyz", this::readiness);
        server.createContext("/metrics", this::metrics);
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void health(HttpExchange exchange) throws IOException {
        boolean restartHelps =
                status.get().state() instanceof State.Stopped stopped && stopped.cause() instanceof StopCause.Faults;
        answer(exchange, restartHelps ? UNAVAILABLE : OK, describe(status.get()));
    }

    private void readiness(HttpExchange exchange) throws IOException {
        ProjectorStatus now = status.get();
        answer(exchange, now.trouble() == null ? OK : UNAVAILABLE, describe(now));
    }

    private static String describe(ProjectorStatus now) {
        String trouble = now.trouble();
        return """
                state: %s
                fold: %s
                last event offset: %d
                revision: %d
                decider: %s
                transactions: %s
                """.formatted(
                        trouble == null ? "running" : trouble,
                        now.active() ? "active" : "standing by",
                        now.lastEventOffset(),
                        now.revision(),
                        now.decider(),
                        now.weakTransactions() ? "weak, as allowed" : "strong");
    }

    private void metrics(HttpExchange exchange) throws IOException {
        ProjectorStatus now = status.get();
        StringBuilder text = new StringBuilder();
        gauge(text, "ready", "Whether it folds or stands by", now.trouble() == null ? 1 : 0);
        gauge(text, "stopped", "Whether it has stopped until somebody acts", isStopped(now) ? 1 : 0);
        gauge(text, "active", "Whether this instance folds", now.active() ? 1 : 0);
        gauge(text, "event_offset", "Offset of the last event decided", now.lastEventOffset());
        gauge(text, "revision", "The fleet's revision after it", now.revision());
        counter(text, "events", "Events decided by this instance", progress.events());
        counter(text, "changes", "Changes made by this instance", progress.changes());
        counter(text, "malformed_events", "Events that could not be read", progress.malformed());
        counter(text, "skipped_events", "Events passed over by a SKIP", progress.skipped());
        answer(exchange, OK, text.toString());
    }

    private static boolean isStopped(ProjectorStatus now) {
        return now.state() instanceof State.Stopped;
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        metric(text, name, help, "gauge", value);
    }

    private static void counter(StringBuilder text, String name, String help, long value) {
        metric(text, name + "_total", help, "counter", value);
    }

    private static void metric(StringBuilder text, String name, String help, String type, long value) {
        String whole = "meshlog_projector_" + name;
        text.append("# HELP %s %s%n# TYPE %s %s%n%s %d%n".formatted(whole, help, whole, type, whole, value));
    }

    private static void answer(HttpExchange exchange, int code, @Nullable String text) throws IOException {
        byte[] body = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
