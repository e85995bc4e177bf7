package io.meshlog.cli.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ports of {@code up}, one after another from a base.
 *
 * @param base the first; gRPC clients connect there
 */
record Ports(int base) {
    /** Where they are looked for without {@code --port-base}. */
    static final int DEFAULT_BASE = 7_400;

    private static final int LAST_PORT = 65_535;
    private static final int COUNT = 9;

    Ports {
        if (base < 1 || base + COUNT - 1 > LAST_PORT) {
            throw new UpException("--port-base %d: must be 1 to %d".formatted(base, LAST_PORT - COUNT + 1));
        }
    }

    int grpc() {
        return base;
    }

    int http() {
        return base + 1;
    }

    int kafka() {
        return base + 2;
    }

    int controller() {
        return base + 3;
    }

    int registry() {
        return base + 4;
    }

    int registryManagement() {
        return base + 5;
    }

    int projectorHttp() {
        return base + 6;
    }

    int publishersHttp() {
        return base + 7;
    }

    int etcd() {
        return base + 8;
    }

    private Map<String, Integer> named() {
        Map<String, Integer> named = new LinkedHashMap<>();
        named.put("mesh-api gRPC", grpc());
        named.put("mesh-api HTTP", http());
        named.put("Kafka", kafka());
        named.put("Kafka controller", controller());
        named.put("schema registry", registry());
        named.put("schema registry management", registryManagement());
        named.put("projector HTTP", projectorHttp());
        named.put("publishers HTTP", publishersHttp());
        named.put("mesh-api etcd", etcd());
        return named;
    }

    /**
     * Checks that nobody has them.
     *
     * @throws UpException naming the first that is in use
     */
    void requireFree() {
        named().forEach((what, port) -> {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException taken) {
                throw new UpException(
                        ("port %d, for the %s, is in use (%s): stop who has it, or choose other ports with"
                                        + " --port-base N")
                                .formatted(port, what, taken.getMessage()));
            }
        });
    }
}
