package io.meshlog.it.faults;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ExposedPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/** Apache Kafka's own image, three times, with the settings an operator would give it. */
final class ContainerBrokers implements Brokers {
    static final String IMAGE = "apache/kafka:4.3.1";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final int DIRECT = 9092;
    private static final int PROXIED = 9093;

    private final Network network = Network.newNetwork();
    private final List<GenericContainer<?>> containers = new ArrayList<>();
    private final KafkaProxy way;
    private final KafkaProxy proxy;

    ContainerBrokers() {
        // a container's port is known once it runs, and must be advertised when it starts: so both ways lead through
        // proxies
        way = new KafkaProxy(addresses(DIRECT));
        proxy = new KafkaProxy(addresses(PROXIED));
        ALL.forEach(id -> containers.add(container(id)));
        Startables.deepStart(containers).join();
        awaitServing();
    }

    private List<Supplier<InetSocketAddress>> addresses(int port) {
        return ALL.stream()
                .<Supplier<InetSocketAddress>>map(id -> () -> address(id, port))
                .toList();
    }

    private InetSocketAddress address(int id, int port) {
        GenericContainer<?> container = containers.get(id);
        // asked each time: another port may be mapped after a restart
        String mapped = docker().inspectContainerCmd(container.getContainerId())
                .exec()
                .getNetworkSettings()
                .getPorts()
                .getBindings()
                .get(ExposedPort.tcp(port))[0]
                .getHostPortSpec();
        return new InetSocketAddress(container.getHost(), Integer.parseInt(mapped));
    }

    private GenericContainer<?> container(int id) {
        return new GenericContainer<>(IMAGE)
                .withNetwork(network)
                .withNetworkAliases(name(id))
                .withExposedPorts(DIRECT, PROXIED)
                .withEnv(environment(id));
    }

    private static String name(int id) {
        return "kafka-" + id;
    }

    private Map<String, String> environment(int id) {
        Map<String, String> all = new HashMap<>();
        all.put("CLUSTER_ID", "bWVzaGxvZy1jb250YWluZQ");
        all.put("KAFKA_HEAP_OPTS", "-Xmx384m");
        setting(all, "process.roles", "broker,controller");
        setting(all, "node.id", Integer.toString(id));
        setting(
                all,
                "listeners",
                "PLAINTEXT://:%d,PROXIED://:%d,INTERNAL://:9094,CONTROLLER://:9095".formatted(DIRECT, PROXIED));
        setting(
                all,
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:%d,PROXIED://127.0.0.1:%d,INTERNAL://%s:9094"
                        .formatted(way.port(id), proxy.port(id), name(id)));
        setting(
                all,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT");
        setting(all, "inter.broker.listener.name", "INTERNAL");
        setting(all, "controller.listener.names", "CONTROLLER");
        setting(
                all,
                "controller.quorum.voters",
                ALL.stream()
                        .map(voter -> "%d@%s:9095".formatted(voter, name(voter)))
                        .collect(Collectors.joining(",")));
        setting(all, "auto.create.topics.enable", "false");
        setting(all, "default.replication.factor", "3");
        setting(all, "min.insync.replicas", "2");
        setting(all, "offsets.topic.replication.factor", "3");
        setting(all, "offsets.topic.num.partitions", "1");
        setting(all, "transaction.state.log.replication.factor", "3");
        setting(all, "transaction.state.log.min.isr", "2");
        setting(all, "transaction.state.log.num.partitions", "1");
        setting(all, "group.initial.rebalance.delay.ms", "0");
        setting(all, "group.min.session.timeout.ms", "500");
        setting(all, "broker.session.timeout.ms", "2000");
        setting(all, "broker.heartbeat.interval.ms", "300");
        setting(all, "replica.lag.time.max.ms", "3000");
        setting(all, "add.partitions.to.txn.retry.backoff.ms", "1");
        setting(all, "add.partitions.to.txn.retry.backoff.max.ms", "5");
        return all;
    }

    private static void setting(Map<String, String> environment, String name, String value) {
        environment.put("KAFKA_" + name.replace('.', '_').toUpperCase(Locale.ROOT), value);
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }

    private String id(int broker) {
        return containers.get(broker).getContainerId();
    }

    @Override
    public String direct() {
        return way.addresses();
    }

    @Override
    public String proxied() {
        return proxy.addresses();
    }

    @Override
    public KafkaProxy proxy() {
        return proxy;
    }

    @Override
    public void kill(List<Integer> ids) {
        ids.forEach(broker -> docker().killContainerCmd(id(broker)).exec());
    }

    @Override
    public void restart(List<Integer> ids) {
        ids.forEach(broker -> docker().startContainerCmd(id(broker)).exec());
        awaitServing();
    }

    @Override
    public void pause(int broker) {
        docker().pauseContainerCmd(id(broker)).exec();
    }

    @Override
    public void resume(int broker) {
        docker().unpauseContainerCmd(id(broker)).exec();
    }

    @Override
    public void heal() {
        proxy.heal();
        List<Integer> gone = new ArrayList<>();
        for (int broker : ALL) {
            var state = docker().inspectContainerCmd(id(broker)).exec().getState();
            if (Boolean.TRUE.equals(state.getPaused())) {
                resume(broker);
            } else if (!Boolean.TRUE.equals(state.getRunning())) {
                gone.add(broker);
            }
        }
        if (!gone.isEmpty()) {
            restart(gone);
        }
    }

    /** Each is asked itself: one that stayed may list the others from what it knew before they went. */
    private void awaitServing() {
        ALL.forEach(broker -> await("broker %d in its container".formatted(broker))
                .atMost(START_LIMIT)
                .ignoreExceptions()
                .until(() -> listed(broker).equals(ALL)));
    }

    private List<Integer> listed(int broker) throws Exception {
        try (Admin admin = Admin.create(Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + way.port(broker),
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 2_000,
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 4_000))) {
            return admin.describeCluster().nodes().get().stream()
                    .map(Node::id)
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() {
        proxy.close();
        way.close();
        containers.forEach(GenericContainer::stop);
        network.close();
    }
}
