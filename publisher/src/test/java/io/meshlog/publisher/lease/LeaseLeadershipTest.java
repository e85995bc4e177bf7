package io.meshlog.publisher.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.meshlog.publisher.lease.LeaseLeadership.Timing;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class LeaseLeadershipTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Timing FAST = new Timing(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(100));

    // Set by the extension.
    KubernetesMockServer server;
    KubernetesClient client;

    private LeaseLeadership first;
    private LeaseLeadership second;

    @BeforeEach
    void standForElection() {
        first = new LeaseLeadership(client, "meshlog", "publisher", "first", FAST);
        first.start();
        await().atMost(LIMIT).until(first::held);
        second = new LeaseLeadership(client, "meshlog", "publisher", "second", FAST);
        second.start();
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void whoClosesHandsOver() {
        assertThat(second.held()).isFalse();

        first.close();

        assertThat(first.held()).isFalse();
        await().atMost(LIMIT).until(second::held);
    }

    @Test
    void whoLosesTheLeaseStandsAgain() {
        var lease = client.leases().inNamespace("meshlog").withName("publisher");

        // Somebody takes it by force.
        await().atMost(LIMIT).ignoreExceptions().until(() -> {
            lease.edit(held -> {
                held.getSpec().setHolderIdentity("third");
                return held;
            });
            return true;
        });

        await().atMost(LIMIT).until(() -> !first.held());
        await().atMost(LIMIT).until(() -> first.held() || second.held());
        assertThat(first.held() && second.held()).isFalse();
    }
}
