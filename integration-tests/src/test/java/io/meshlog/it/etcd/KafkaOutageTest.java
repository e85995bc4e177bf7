package io.meshlog.it.etcd;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.faults.ScriptedCluster;
import io.meshlog.it.projector.FleetOnKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cilium's own reader while no broker runs, for {@code meshlog.outage.seconds}. Unless that is set it is longer than
 * everything that waits: Kafka's clients give up after 5 s (a request), 10 s (an event of the gateway) and 2 minutes (Streams'
 * producer), a linearizable read after 1 s, and Cilium after 160 s without a heartbeat.
 */
@Timeout(3_600)
final class KafkaOutageTest {
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("meshlog.outage.seconds", 170));

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private FleetInProcess fleet;
    private HttpServer control;

    @BeforeEach
    void startFleet() throws IOException {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("outage", broker, folder);
        control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        control.createContext("/stop", asked -> answer(asked, () -> broker.stopNode(0)));
        control.createContext("/start", asked -> answer(asked, () -> broker.startNode(0)));
        control.start();
    }

    @AfterEach
    void stopFleet() {
        control.stop(0);
        fleet.close();
        broker.close();
    }

    private static void answer(HttpExchange asked, Runnable task) throws IOException {
        try (asked) {
            task.run();
            asked.sendResponseHeaders(200, -1);
        }
    }

    @Test
    void ciliumsReaderStaysConnected_othersStart_andChangesFlowAfterwards() {
        // given an agent that is to be connected, and others that are to come
        Map<String, String> environment = Map.of(
                "MESHLOG_ETCD", "127.0.0.1:" + fleet.etcdPort(),
                "MESHLOG_CLUSTER", ScriptedCluster.NAME,
                "MESHLOG_BROKERS", "http://127.0.0.1:" + control.getAddress().getPort(),
                "MESHLOG_OUTAGE", OUTAGE.toSeconds() + "s");

        // when the brokers are away; then
        System.out.println(new GoTests("cilium").pass("TestCiliumOutlivesKafka", environment, OUTAGE));
    }
}
