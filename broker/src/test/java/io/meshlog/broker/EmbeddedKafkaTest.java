package io.meshlog.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaTest {
    private static final String TOPIC = "numbers";

    @TempDir
    Path folder;

    @Test
    void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
        int brokerPort = freePort();
        int controllerPort = freePort();
        Process first = child(brokerPort, controllerPort);
        create("127.0.0.1:" + brokerPort, (short) 1);
        List<String> sent = send("127.0.0.1:" + brokerPort, 0, 100);

        first.destroyForcibly().waitFor();
        Process second = child(brokerPort, controllerPort);

        try {
            assertThat(read("127.0.0.1:" + brokerPort, 100)).isEqualTo(sent);
        } finally {
            second.destroy();
            assertThat(second.waitFor()).isNotNegative();
        }
    }

    @Test
    void threeNodesGoOnWithoutOne() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 3, Map.of())) {
            create(kafka.bootstrapServers(), kafka.replicationFactor());
            List<String> sent = new ArrayList<>(send(kafka.bootstrapServers(), 0, 50));

            kafka.stopNode(1);
            sent.addAll(send(kafka.bootstrapServers(), 50, 100));
            kafka.startNode(1);

            assertThat(read(kafka.bootstrapServers(), 100)).isEqualTo(sent);
        }
    }

    private Process child(int brokerPort, int controllerPort) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerMain.class.getName(),
                        folder.toString(),
                        Integer.toString(brokerPort),
                        Integer.toString(controllerPort))
                .redirectError(folder.resolve("broker.err").toFile())
                .start();
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
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
