package io.meshlog.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Kafka cluster of one or three nodes in this process, on loopback, without TLS: for tests, and behind {@link
 * BrokerMain}.
 *
 * <p>With one node messages are on disk within a second or two, and before they are acknowledged where a topic's
 * {@code flush.messages} says so; with three, topics get three replicas of which two
 * must be in sync. Each node is broker and controller, so of three nodes two must run for anything to go on.
 *
 * <p>Kafka halts its process on some faults of the disk: keep what must survive that in another one, or let {@link
 * HaltGuard} stand between.
 *
 * <p>For one thread at a time. Removes nothing: the folder is the caller's, and what was in it before goes on.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private final List<BrokerNode> nodes;

    private EmbeddedKafka(List<BrokerNode> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** One node on ports that are free now, started. Throws as {@link #start(Path, List, List, Map)} does. */
    public static EmbeddedKafka start(Path folder) {
        return start(folder, 1, Map.of());
    }

    /**
     * Some nodes on ports that are free now, started. Throws as {@link #start(Path, List, List, Map)} does.
     *
     * @param nodeCount 1 or 3
     * @param overrides broker settings that go before the built-in ones
     */
    public static EmbeddedKafka start(Path folder, int nodeCount, Map<String, String> overrides) {
        List<Integer> any = Collections.nCopies(nodeCount, 0);
        return start(folder, any, any, overrides);
    }

    /**
     * Nodes on given ports, started and serving when it returns. A folder that was used before goes on with what is in it,
     * on the same number of nodes; the ports may differ.
     *
     * @param brokerPorts where clients connect, by node; 0 is a port that is free now
     * @param controllerPorts where controllers meet, by node; 0 is a port that is free now
     * @param overrides broker settings that go before the built-in ones
     * @throws IllegalArgumentException if the two lists are not of the same length, or are empty
     * @throws RuntimeException what Kafka says if a node cannot start; no node runs then
     */
    public static EmbeddedKafka start(
            Path folder, List<Integer> brokerPorts, List<Integer> controllerPorts, Map<String, String> overrides) {
        if (brokerPorts.isEmpty() || brokerPorts.size() != controllerPorts.size()) {
            throw new IllegalArgumentException(
                    "broker ports %s and controller ports %s: as many of each, and at least one"
                            .formatted(brokerPorts, controllerPorts));
        }
        List<Integer> free = freePorts(2 * brokerPorts.size());
        List<Integer> forClients = chosen(brokerPorts, free.subList(0, brokerPorts.size()));
        List<Integer> forControllers = chosen(controllerPorts, free.subList(brokerPorts.size(), free.size()));
        List<BrokerNode> nodes = new ArrayList<>();
        for (int id = 0; id < forClients.size(); id++) {
            nodes.add(new BrokerNode(
                    new NodeSettings(id, forClients.get(id), forControllers, folder.resolve("node-" + id)), overrides));
        }
        EmbeddedKafka kafka = new EmbeddedKafka(nodes);
        try {
            kafka.inParallel(BrokerNode::start);
        } catch (RuntimeException failed) {
            kafka.close();
            throw failed;
        }
        return kafka;
    }

    /**
     * One node of a cluster whose other nodes run in other processes. It starts together with them: alone it waits for a
     * majority, and gives up as Kafka does.
     *
     * @param id its place among the controllers
     * @param brokerPort where clients connect
     * @param controllerPorts where controllers meet, by node, the same in every process
     * @param overrides broker settings that go before the built-in ones
     * @throws RuntimeException what Kafka says if the node cannot start
     */
    public static EmbeddedKafka startMember(
            Path folder, int id, int brokerPort, List<Integer> controllerPorts, Map<String, String> overrides) {
        NodeSettings settings = new NodeSettings(id, brokerPort, controllerPorts, folder.resolve("node-" + id));
        EmbeddedKafka kafka = new EmbeddedKafka(List.of(new BrokerNode(settings, overrides)));
        kafka.inParallel(BrokerNode::start);
        return kafka;
    }

    private static List<Integer> chosen(List<Integer> asked, List<Integer> free) {
        return IntStream.range(0, asked.size())
                .mapToObj(i -> asked.get(i) == 0 ? free.get(i) : asked.get(i))
                .toList();
    }

    /** Where clients connect, all nodes. */
    public String bootstrapServers() {
        return nodes.stream().map(BrokerNode::bootstrapServer).collect(Collectors.joining(","));
    }

    /** How many replicas a topic can have. */
    public short replicationFactor() {
        return (short) Math.min(nodes.size(), 3);
    }

    /** How many nodes there are, running or not; their ids count from 0. */
    public int nodeCount() {
        return nodes.size();
    }

    /** Where clients reach one node, {@code host:port}. */
    public String bootstrapServer(int id) {
        return nodes.get(id).bootstrapServer();
    }

    /** Stops one node in good order; blocks until it is gone. Does nothing to a node that does not run. */
    public void stopNode(int id) {
        nodes.get(id).stop();
    }

    /** Stops some nodes at once, in good order; blocks until they are gone. */
    public void stopNodes(Collection<Integer> ids) {
        inParallel(ids.stream().map(nodes::get).toList(), BrokerNode::stop);
    }

    /**
     * Starts a node that was stopped, with what is in its folder; blocks until it serves, which it does not before a
     * majority of the nodes runs.
     *
     * @throws IllegalStateException if it runs already
     */
    public void startNode(int id) {
        nodes.get(id).start();
    }

    /** Starts some nodes at once, as {@link #startNode} does: what needs a majority to start needs this. */
    public void startNodes(Collection<Integer> ids) {
        inParallel(ids.stream().map(nodes::get).toList(), BrokerNode::start);
    }

    private void inParallel(Consumer<BrokerNode> action) {
        inParallel(nodes, action);
    }

    /** A thread for each: nodes wait for one another, and a shared pool may have fewer threads than there are nodes. */
    private static void inParallel(List<BrokerNode> some, Consumer<BrokerNode> action) {
        try {
            CompletableFuture.allOf(some.stream()
                            .map(node -> CompletableFuture.runAsync(
                                    () -> action.accept(node),
                                    task -> Thread.ofPlatform()
                                            .name("node-" + node.id())
                                            .start(task)))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /** Stops all nodes at once: one that is the last of a quorum would wait for the others until a deadline. */
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
