package io.meshlog.bench.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/**
 * What a publisher asks of a large cluster's API server: lists in pages and watches, over HTTP in JSON. It holds no objects
 * but writes each when it is asked for, so that it costs as little as can be beside what is measured. A real kube-apiserver
 * of that size would take both cores of a small machine for itself.
 */
final class ApiServer implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1_024;

    private final LargeCluster cluster;
    private final HttpServer server;
    private final CountDownLatch followed = new CountDownLatch(1);
    private int changes;

    /** A kind's objects by their number. */
    private record Listed(int count, IntFunction<String> object) {}

    private final Map<String, Listed> lists;

    ApiServer(LargeCluster cluster) throws IOException {
        this.cluster = cluster;
        Listed none = new Listed(0, number -> "");
        lists = Map.of(
                "namespaces", new Listed(LargeCluster.NAMESPACES, cluster::namespace),
                "ciliumnodes", new Listed(cluster.nodes(), cluster::node),
                "ciliumidentities", new Listed(LargeCluster.IDENTITIES + 1, cluster::identity),
                "ciliumendpoints", new Listed(cluster.endpoints(), this::endpoint),
                "services", none,
                "endpointslices", none,
                "networkpolicies", none,
                "ciliumnetworkpolicies", none,
                "ciliumclusterwidenetworkpolicies", none,
                "serviceexports", none);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** Writes how it is reached. */
    Path kubeconfig(Path file) throws IOException {
        return Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: bench
                contexts: [{name: bench, context: {cluster: bench, user: bench}}]
                clusters: [{name: bench, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: bench, user: {}}]
                """.formatted(server.getAddress().getPort()));
    }

    /** Waits until somebody follows the endpoints. */
    void awaitFollowed() throws InterruptedException {
        followed.await();
    }

    /** The next endpoint changes. */
    synchronized void change() {
        changes++;
        notifyAll();
    }

    private synchronized int changes() {
        return changes;
    }

    private synchronized int awaitMoreThan(int seen) throws InterruptedException {
        while (changes <= seen) {
            wait();
        }
        return changes;
    }

    private String endpoint(int number) {
        boolean changed = number < changes();
        return cluster.endpoint(number, changed, changed ? versionOf(number) : LargeCluster.FIRST_VERSION);
    }

    private static long versionOf(int change) {
        return LargeCluster.FIRST_VERSION + 1 + change;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Map<String, String> query = query(exchange.getRequestURI().getQuery());
        String kind = path.substring(path.lastIndexOf('/') + 1);
        Listed listed = lists.get(kind);
        if (path.equals("/version")) {
            send(exchange, HttpURLConnection.HTTP_OK, "{\"major\":\"1\",\"minor\":\"36\"}");
        } else if (listed == null) {
            send(
                    exchange,
                    HttpURLConnection.HTTP_NOT_FOUND,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":404}");
        } else if (query.containsKey("watch")) {
            watch(exchange, kind, Long.parseLong(query.get("resourceVersion")));
        } else {
            list(exchange, listed, query);
        }
    }

    private void list(HttpExchange exchange, Listed listed, Map<String, String> query) throws IOException {
        int from = Integer.parseInt(query.getOrDefault("continue", "0"));
        int to = Math.min(listed.count(), from + Integer.parseInt(query.getOrDefault("limit", "500")));
        long version = LargeCluster.FIRST_VERSION + changes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, 0);
        try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER_BYTES)) {
            write(
                    out,
                    "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"%d\"%s},\"items\":["
                            .formatted(version, to < listed.count() ? ",\"continue\":\"%d\"".formatted(to) : ""));
            for (int number = from; number < to; number++) {
                write(out, (number == from ? "" : ",") + listed.object().apply(number));
            }
            write(out, "]}");
        }
    }

    private void watch(HttpExchange exchange, String kind, long version) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, 0);
        try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER_BYTES)) {
            out.flush();
            if (!kind.equals("ciliumendpoints")) {
                Thread.sleep(Long.MAX_VALUE);
            }
            followed.countDown();
            int seen = (int) (version - LargeCluster.FIRST_VERSION);
            while (true) {
                int now = awaitMoreThan(seen);
                for (; seen < now; seen++) {
                    write(
                            out,
                            "{\"type\":\"MODIFIED\",\"object\":%s}\n"
                                    .formatted(withKind(cluster.endpoint(seen, true, versionOf(seen)))));
                }
                out.flush();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static String withKind(String object) {
        return "{\"apiVersion\":\"cilium.io/v2\",\"kind\":\"CiliumEndpoint\"," + object.substring(1);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new HashMap<>();
        if (text != null) {
            for (String part : text.split("&", -1)) {
                int equals = part.indexOf('=');
                query.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
