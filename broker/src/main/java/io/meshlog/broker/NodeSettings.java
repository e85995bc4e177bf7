package io.meshlog.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The settings of one combined broker and controller.
 *
 * @param nodeId from 0
 * @param brokerPort where clients connect
 * @param controllerPorts of all nodes, by node id
 * @param folder where its log and metadata are; one disk, so one log folder
 */
record NodeSettings(int nodeId, int brokerPort, List<Integer> controllerPorts, Path folder) {
    private static final String HOST = "127.0.0.1";
    private static final String CONTROLLER = "CONTROLLER";

    /** @param overrides go before everything else */
    Map<String, String> properties(Map<String, String> overrides) {
        int nodes = controllerPorts.size();
        String replication = Integer.toString(Math.min(nodes, 3));
        String minInSync = Integer.toString(nodes >= 3 ? 2 : 1);
        Map<String, String> all = new HashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(nodeId));
        all.put(
                "listeners",
                "PLAINTEXT://%s:%d,%s://%s:%d"
                        .formatted(HOST, brokerPort, CONTROLLER, HOST, controllerPorts.get(nodeId)));
        all.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, brokerPort));
        all.put("controller.listener.names", CONTROLLER);
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("controller.quorum.voters", voters());
        all.put("log.dirs", folder.resolve("log").toString());
        all.put("auto.create.topics.enable", "false");
        all.put("default.replication.factor", replication);
        all.put("min.insync.replicas", minInSync);
        all.put("offsets.topic.replication.factor", replication);
        all.put("offsets.topic.num.partitions", "1");
        all.put("transaction.state.log.replication.factor", replication);
        all.put("transaction.state.log.min.isr", minInSync);
        all.put("transaction.state.log.num.partitions", "1");
        // a successor of a killed client, and a restarted broker, are let in within seconds
        all.put("broker.session.timeout.ms", "2000");
        all.put("broker.heartbeat.interval.ms", "300");
        all.put("group.min.session.timeout.ms", "500");
        all.put("group.initial.rebalance.delay.ms", "0");
        // the next transaction waits for the markers of the last one: look again soon
        all.put("add.partitions.to.txn.retry.backoff.ms", "1");
        all.put("add.partitions.to.txn.retry.backoff.max.ms", "5");
        all.put("log.cleaner.dedupe.buffer.size", "16777216");
        all.put("log.cleaner.threads", "1");
        all.put("num.network.threads", "2");
        all.put("num.io.threads", "4");
        all.put("num.recovery.threads.per.data.dir", "2");
        if (nodes > 1) {
            // a broker asks the controllers before it stops, for five minutes where their majority has stopped already
            all.put("controlled.shutdown.enable", "false");
        }
        if (nodes == 1) {
            // no replica has it; who cannot lose a message asks for more by the topic's flush.messages
            all.put("log.flush.interval.ms", "1000");
            all.put("log.flush.scheduler.interval.ms", "500");
        }
        all.putAll(overrides);
        return all;
    }

    private String voters() {
        return IntStream.range(0, controllerPorts.size())
                .mapToObj(id -> "%d@%s:%d".formatted(id, HOST, controllerPorts.get(id)))
                .collect(Collectors.joining(","));
    }

    /** Where clients connect. */
    String bootstrapServer() {
        return HOST + ":" + brokerPort;
    }
}
