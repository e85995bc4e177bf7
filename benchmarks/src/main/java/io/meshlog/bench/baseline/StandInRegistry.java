package io.meshlog.bench.baseline;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Gives every schema the id 1: what is measured asks a registry once, at its start. */
final class StandInRegistry implements AutoCloseable {
    private static final byte[] ID = "{\"id\":1}".getBytes(StandardCharsets.US_ASCII);

    private final HttpServer server;

    StandInRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, ID.length);
                exchange.getResponseBody().write(ID);
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
