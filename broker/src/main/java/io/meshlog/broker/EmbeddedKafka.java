package io.meshlog.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Kafka cluster of one or three nodes in this process, on loopback.
 *
 * <p>With one node every message is flushed before it is acknowledged; with three, topics get three replicas of which two
 * must be in sync. Kafka halts its process on some faults of the disk: keep what must survive that in another one.
 *
 * <p>For one thread at a time. Removes nothing: the folder is the caller's.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private final List<BrokerNode> nodes;

    private EmbeddedKafka(List<BrokerNode> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** One node on ports that are free now, started. */
    public static EmbeddedKafka start(Path folder) {
        return start(folder, 1, Map.of());
    }

    /**
     * Some nodes on ports that are free now, started.
     *
     * @param nodeCount 1 or 3
     * @param overrides broker settings that go before the built-in ones
     */
    public static EmbeddedKafka start(Path folder, int nodeCount, Map<String, String> overrides) {
        List<Integer> ports = freePorts(2 * nodeCount);
        return start(folder, ports.subList(0, nodeCount), ports.subList(nodeCount, 2 * nodeCount), overrides);
    }

    /** Nodes on given ports, started; a folder that was used before goes on with what is in it. */
    public static EmbeddedKafka start(
            Path folder, List<Integer> brokerPorts, List<Integer> controllerPorts, Map<String, String> overrides) {
        List<BrokerNode> nodes = new ArrayList<>();
        for (int id = 0; id < brokerPorts.size(); id++) {
            nodes.add(new BrokerNode(
                    new NodeSettings(id, brokerPorts.get(id), controllerPorts, folder.resolve("node-" + id)),
                    overrides));
        }
        EmbeddedKafka kafka = new EmbeddedKafka(nodes);
        kafka.inParallel(BrokerNode::start);
        return kafka;
    }

    /** Where clients connect, all nodes. */
    public String bootstrapServers() {
        return nodes.stream().map(BrokerNode::bootstrapServer).collect(Collectors.joining(","));
    }

    /** How many replicas a topic can have. */
    public short replicationFactor() {
        return (short) Math.min(nodes.size(), 3);
    }

    /** Stops one node in good order. */
    public void stopNode(int id) {
        nodes.get(id).stop();
    }

    /** Starts a node that was stopped, with what is in its folder. */
    public void startNode(int id) {
        nodes.get(id).start();
    }

    private void inParallel(Consumer<BrokerNode> action) {
        CompletableFuture.allOf(nodes.stream()
                        .map(node -> CompletableFuture.runAsync(() -> action.accept(node)))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    @Override
    public void close() {
        inParallel(BrokerNode::stop);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> held =
                IntStream.range(0, count).mapToObj(i -> freeSocket()).toList();
        List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
        held.forEach(EmbeddedKafka::release);
        return ports;
    }

    private static ServerSocket freeSocket() {
        try {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException none) {
            throw new UncheckedIOException("no free port on loopback", none);
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
