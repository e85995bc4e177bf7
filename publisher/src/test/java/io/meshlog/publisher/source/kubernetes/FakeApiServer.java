package io.meshlog.publisher.source.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * As much of a Kubernetes API server as a list, a watch and their failures take: pages, bookmarks, history that is
 * forgotten, kinds that come and go, and an end with a new beginning on the same port.
 */
final class FakeApiServer implements AutoCloseable {
    private static final Map<String, String> KINDS = Map.of(
            "namespaces", "Namespace",
            "services", "Service",
            "networkpolicies", "NetworkPolicy",
            "ciliumnodes", "CiliumNode",
            "ciliumidentities", "CiliumIdentity",
            "ciliumendpoints", "CiliumEndpoint",
            "ciliumendpointslices", "CiliumEndpointSlice",
            "serviceexports", "ServiceExport");

    private record Event(long version, String path, String line) {}

    private final Map<String, TreeMap<String, Map<String, Object>>> kinds = new HashMap<>();
    private final List<Event> history = new ArrayList<>();
    private final Map<String, String> single = new HashMap<>();
    /** What was asked for, with the query. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private int port;
    private long version = 1;
    private long forgotten;
    /** Streams of an earlier life end. */
    private int life;

    private HttpServer server;
    private ExecutorService threads;

    synchronized void start() throws IOException {
        life++;
        serveVersion();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        port = server.getAddress().getPort();
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Ends as by kill -9: what was kept is there after the next start. */
    @Override
    public void close() {
        HttpServer ending;
        synchronized (this) {
            life++;
            ending = server;
            notifyAll();
        }
        ending.stop(0);
        threads.shutdownNow();
    }

    int port() {
        return port;
    }

    KubernetesClient client() {
        return ClusterClients.connect(new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + port)
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(20)
                .build());
    }

    /** @param paths as in {@code /apis/cilium.io/v2/ciliumnodes} */
    synchronized void serve(String... paths) {
        for (String path : paths) {
            kinds.computeIfAbsent(path, none -> new TreeMap<>());
        }
    }

    /** What every API server tells of itself. */
    private void serveVersion() {
        single.put("/version", "{\"major\": \"1\", \"minor\": \"36\", \"buildDate\": \"2026-01-01T00:00:00Z\"}");
    }

    /** Answers that path with this object. */
    synchronized void answer(String path, String json) {
        single.put(path, json);
    }

    synchronized void put(String path, String yaml) {
        Map<String, Object> object = parsed(yaml);
        String api = path.replaceFirst("^/apis?/", "");
        int slash = api.lastIndexOf('/');
        object.put("apiVersion", api.substring(0, slash));
        object.put("kind", KINDS.get(api.substring(slash + 1)));
        Map<String, Object> meta = meta(object);
        String key = meta.getOrDefault("namespace", "") + "/" + meta.get("name");
        meta.put("resourceVersion", Long.toString(++version));
        boolean fresh = kinds.get(path).put(key, object) == null;
        record(path, fresh ? "ADDED" : "MODIFIED", object);
    }

    synchronized void delete(String path, String key) {
        Map<String, Object> object = kinds.get(path).remove(key);
        meta(object).put("resourceVersion", Long.toString(++version));
        record(path, "DELETED", object);
    }

    /** A text that begins as JSON does may be YAML all the same. */
    @SuppressWarnings("unchecked") // an object's fields have names
    private static Map<String, Object> parsed(String yaml) {
        return Serialization.unmarshal("---\n" + yaml, Map.class);
    }

    /** The kind's definition is gone, and with it its objects. */
    synchronized void remove(String path) {
        List.copyOf(kinds.get(path).keySet()).forEach(key -> delete(path, key));
        kinds.remove(path);
        breakWatches();
    }

    /** No watch can go on from here on: its history is compacted. */
    synchronized void forget() {
        history.clear();
        forgotten = ++version;
        breakWatches();
    }

    synchronized void bookmark(String path) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "v1");
        object.put("kind", "Namespace");
        object.put("metadata", new HashMap<>(Map.of("resourceVersion", Long.toString(++version))));
        record(path, "BOOKMARK", object);
    }

    synchronized void breakWatches() {
        life++;
        notifyAll();
    }

    private void record(String path, String type, Map<String, Object> object) {
        history.add(new Event(version, path, Serialization.asJson(Map.of("type", type, "object", object)) + "\n"));
        notifyAll();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> meta(Map<String, Object> object) {
        return (Map<String, Object>) object.get("metadata");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Map<String, String> query = query(exchange.getRequestURI().getQuery());
        requests.add(exchange.getRequestURI().toString());
        boolean known;
        String one;
        synchronized (this) {
            known = kinds.containsKey(path);
            one = single.get(path);
        }
        if (one != null) {
            send(exchange, 200, one);
        } else if (!known) {
            send(exchange, 404, status(404, "the server could not find the requested resource"));
        } else if (query.containsKey("watch")) {
            watch(exchange, path, Long.parseLong(query.get("resourceVersion")));
        } else {
            send(exchange, 200, list(path, query));
        }
    }

    private synchronized String list(String path, Map<String, String> query) {
        int limit = Integer.parseInt(query.getOrDefault("limit", "1000000"));
        String after = query.getOrDefault("continue", "");
        List<Map<String, Object>> page = new ArrayList<>();
        String last = "";
        for (var entry : kinds.get(path).tailMap(after, false).entrySet()) {
            if (page.size() == limit) {
                break;
            }
            page.add(entry.getValue());
            last = entry.getKey();
        }
        boolean more = !page.isEmpty() && kinds.get(path).higherKey(last) != null;
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("resourceVersion", Long.toString(version));
        if (more) {
            meta.put("continue", last);
        }
        return Serialization.asJson(Map.of("apiVersion", "v1", "kind", "List", "metadata", meta, "items", page));
    }

    private void watch(HttpExchange exchange, String path, long from) throws IOException {
        int mine;
        boolean gone;
        synchronized (this) {
            mine = life;
            gone = from < forgotten;
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            if (gone) {
                out.write(("{\"type\":\"ERROR\",\"object\":" + status(410, "too old resource version") + "}\n")
                        .getBytes(StandardCharsets.UTF_8));
                return;
            }
            long sent = from;
            while (true) {
                List<Event> next = next(path, sent, mine);
                if (next.isEmpty()) {
                    return;
                }
                for (Event event : next) {
                    out.write(event.line().getBytes(StandardCharsets.UTF_8));
                    sent = event.version();
                }
                out.flush();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for more; none where the stream is to end. */
    private synchronized List<Event> next(String path, long after, int mine) throws InterruptedException {
        while (true) {
            List<Event> more = history.stream()
                    .filter(event -> event.version() > after && event.path().equals(path))
                    .toList();
            if (!more.isEmpty() || life != mine) {
                return more;
            }
            wait();
        }
    }

    private static String status(int code, String message) {
        return Serialization.asJson(
                Map.of("apiVersion", "v1", "kind", "Status", "status", "Failure", "code", code, "message", message));
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
            for (String part : text.split("&")) {
                int equals = part.indexOf('=');
                query.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return query;
    }
}
