package io.meshlog.it.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A registry that gives every schema its id, as long as it is let. */
final class FaultyRegistry implements AutoCloseable {
    /** How it answers. */
    enum Mood {
        WELL,
        /** It takes the question and hangs up. */
        DOWN,
        /** It takes the question and says nothing until its mood changes. */
        SILENT,
        /** It answers 500. */
        FAILING
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    private Mood mood = Mood.WELL;
    private int asked;

    FaultyRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized void become(Mood next) {
        mood = next;
        notifyAll();
    }

    /** How many questions came while it was not well. */
    synchronized int askedInVain() {
        return asked;
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        try (exchange) {
            switch (heard()) {
                case WELL ->
                    respond(exchange, 200, body(exchange.getRequestURI().getPath()));
                case FAILING -> respond(exchange, 500, "{\"error_code\":50001,\"message\":\"backend datastore\"}");
                case DOWN, SILENT -> {}
            }
        }
    }

    private synchronized Mood heard() {
        Mood now = mood;
        asked += now == Mood.WELL ? 0 : 1;
        while (now == Mood.SILENT && mood == Mood.SILENT) {
            try {
                wait();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                return Mood.DOWN;
            }
        }
        return now;
    }

    private String body(String path) {
        return path.endsWith("/versions")
                ? "{\"id\":%d}".formatted(ids.computeIfAbsent(path, unknown -> ids.size() + 1))
                : "[]";
    }

    private static void respond(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
