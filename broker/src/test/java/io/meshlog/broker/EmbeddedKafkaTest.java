package io.meshlog.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaTest {
    private static final String TOPIC = "numbers";

    @TempDir
    Path folder;

    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void endChildren() {
        children.forEach(Process::destroyForcibly);
        children.forEach(child -> child.onExit().join());
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
        // given
        int brokerPort = freePort();
        int controllerPort = freePort();
        Process first = child(brokerPort, controllerPort);
        create("127.0.0.1:" + brokerPort, (short) 1);
        List<String> sent = send("127.0.0.1:" + brokerPort, 0, 100);

        // when
        first.destroyForcibly().waitFor();
        Process second = child(brokerPort, controllerPort);

        // then
        assertThat(read("127.0.0.1:" + brokerPort, 100)).isEqualTo(sent);
        second.destroy();
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aBrokerEndsWithTheProcessItBelongsTo() throws Exception {
        // given
        Process owner = new ProcessBuilder("sleep", "600").start();
        children.add(owner);
        Process broker = child(freePort(), freePort(), "--parent", Long.toString(owner.pid()));

        // when
        owner.destroyForcibly().waitFor();

        // then
        assertThat(broker.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(broker.exitValue()).isZero();
    }

    @Test
    void threeNodesGoOnWithoutOne() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 3, Map.of())) {
            // given
            create(kafka.bootstrapServers(), kafka.replicationFactor());
            List<String> sent = new ArrayList<>(send(kafka.bootstrapServers(), 0, 50));

            // when
            kafka.stopNode(1);
            sent.addAll(send(kafka.bootstrapServers(), 50, 100));
            kafka.startNode(1);
            awaitInSync(kafka, 3);
            kafka.stopNode(0);

            // then: the node that came back has what was said without it
            assertThat(read(kafka.bootstrapServers(), 100)).isEqualTo(sent);
        }
    }

    @Test
    void allNodesStopAndComeBackAtOnce() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 3, Map.of())) {
            // given
            create(kafka.bootstrapServers(), kafka.replicationFactor());
            List<String> sent = send(kafka.bootstrapServers(), 0, 10);

            // when
            kafka.stopNodes(List.of(0, 1, 2));
            kafka.startNodes(List.of(0, 1, 2));

            // then
            assertThat(read(kafka.bootstrapServers(), 10)).isEqualTo(sent);
        }
    }

    @Test
    void transactionsAreOfTheSecondVersion() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.describeFeatures()
                            .featureMetadata()
                            .get()
                            .finalizedFeatures()
                            .get("transaction.version")
                            .maxVersionLevel())
                    .isGreaterThanOrEqualTo((short) 2);
        }
    }

    @Test
    void aStartThatFailsLeavesNothingRunning() throws Exception {
        // given
        Map<String, String> unusable = Map.of("log.cleaner.dedupe.buffer.size", "1");

        // when
        assertThatThrownBy(() -> EmbeddedKafka.start(folder, 1, unusable)).isInstanceOf(RuntimeException.class);

        // then
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            assertThat(kafka.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }

    private Process child(int brokerPort, int controllerPort, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                "--data",
                folder.toString(),
                "--port",
                Integer.toString(brokerPort),
                "--controller-port",
                Integer.toString(controllerPort)));
        command.addAll(List.of(more));
        Process child = new ProcessBuilder(command)
                .redirectError(folder.resolve("broker.err").toFile())
                .start();
        children.add(child);
        BufferedReader out = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("ready ")) {
            line = out.readLine();
        }
        assertThat(line).as("the broker's word that it is ready").isNotNull();
        return child;
    }

    private static void create(String bootstrap, short replication) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, replication)))
                    .all()
                    .get();
            awaitLeader(admin);
        }
    }

    private static void awaitInSync(EmbeddedKafka kafka, int replicas) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            await().until(() -> admin.describeTopics(List.of(TOPIC))
                            .allTopicNames()
                            .get()
                            .get(TOPIC)
                            .partitions()
                            .getFirst()
                            .isr()
                            .size()
                    == replicas);
        }
    }

    /** A producer that is quicker than the topic's leader can wait for minutes. */
    private static void awaitLeader(Admin admin) throws InterruptedException {
        boolean led = false;
        while (!led) {
            try {
                admin.listOffsets(Map.of(new TopicPartition(TOPIC, 0), OffsetSpec.latest()))
                        .all()
                        .get();
                led = true;
            } catch (ExecutionException notYet) {
                assertThat(notYet).hasCauseInstanceOf(RetriableException.class);
            }
        }
    }

    private static List<String> send(String bootstrap, int from, int to) throws Exception {
        List<String> sent =
                IntStream.range(from, to).mapToObj(Integer::toString).toList();
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            for (String number : sent) {
                producer.send(new ProducerRecord<>(TOPIC, number)).get();
            }
        }
        return sent;
    }

    private static List<String> read(String bootstrap, int count) {
        List<String> read = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "none"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            while (read.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> read.add(record.value()));
            }
        }
        return read;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
