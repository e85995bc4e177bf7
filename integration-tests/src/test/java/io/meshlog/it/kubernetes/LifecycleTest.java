package io.meshlog.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.meshlog.it.kubernetes.EtcdFace.KeyChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two publishers of one cluster, of which one leads, while endpoints come, change and go: through the death of the API
 * server, of the leader, a change of leaders in good order and a kind that is defined late, an agent is never told that
 * something is gone which is not, and sees in the end what a fresh list says.
 */
@Timeout(1_800)
final class LifecycleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("meshlog.seed", 1L);
    private static final String NAMESPACE = "default";
    private static final String LEASE = "meshlog-publisher";
    private static final int SOME_REFUSALS = 20;

    @TempDir
    Path folder;

    private final GoldenRecording golden = new GoldenRecording();
    private final Map<String, PublisherProcess> publishers = new HashMap<>();
    private KubernetesFleet fleet;
    private Churn churn;

    @AfterEach
    void stop() {
        if (churn != null) {
            churn.close();
        }
        publishers.values().forEach(PublisherProcess::close);
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void nothingThatIsThereIsEverWithdrawn_andTheEndIsAFreshList() throws Exception {
        KubernetesProgram program = KubernetesProgram.orSkip();
        // given a cluster without the Multi-Cluster Services API
        fleet = KubernetesFleet.start(program, folder, program.ciliumDefinitions());
        for (Path manifest : golden.manifests()) {
            if (!isOfServiceExports(manifest)) {
                fleet.api().create(manifest);
            }
        }
        churn = new Churn(fleet.api(), SEED);
        startPublisher("one");
        startPublisher("two");
        aChangeIsSeen();

        // when the API server dies, and while it is away
        fleet.api().kill();
        int refused = churn.refused();
        await().atMost(PATIENCE).until(() -> churn.refused() > refused + SOME_REFUSALS);
        await().atMost(PATIENCE).until(() -> publishers.values().stream().allMatch(one -> one.said("API server")));
        fleet.api().startAgain();
        aChangeIsSeen();

        // and the leader dies
        String killed = leader();
        publishers.remove(killed).kill();
        await().atMost(PATIENCE).until(() -> !leader().equals(killed));
        aChangeIsSeen();
        startPublisher(killed);
        await().atMost(PATIENCE).until(() -> publishers.get(killed).said("objects of the cluster are read"));

        // and the next one goes in good order
        String stopped = leader();
        publishers.remove(stopped).stop();
        await().atMost(PATIENCE).until(() -> leader().equals(killed));
        aChangeIsSeen();

        // and the kind is defined that nobody waited for
        fleet.api().create(program.serviceExportDefinition());
        for (Path manifest : golden.manifests()) {
            if (isOfServiceExports(manifest)) {
                await().atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> !fleet.api().create(manifest).isEmpty());
            }
        }

        // then
        churn.stop();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(endpoints()).isEqualTo(churn.listed()));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(others()).isEqualTo(golden.start()));
        assertThat(churn.letGo()).as("something was deleted meanwhile").isNotEmpty();
        assertThat(deletedWithoutReason()).isEmpty();
    }

    private static boolean isOfServiceExports(Path manifest) {
        return manifest.toString().contains("serviceexports");
    }

    private void startPublisher(String identity) {
        publishers.put(
                identity,
                PublisherProcess.start(
                        folder.resolve("publisher-%s.log".formatted(identity)),
                        fleet.api().kubeconfig(),
                        fleet.gatewayPort(),
                        "--leader-election",
                        "--set=kubernetes.lease.namespace=" + NAMESPACE,
                        "--set=kubernetes.lease.identity=" + identity));
    }

    private String leader() {
        Lease lease = fleet.api()
                .client()
                .leases()
                .inNamespace(NAMESPACE)
                .withName(LEASE)
                .get();
        return lease.getSpec().getHolderIdentity();
    }

    private void aChangeIsSeen() throws Exception {
        String key = churn.makeOne();
        await().atMost(PATIENCE).until(() -> fleet.face().state().containsKey(key));
    }

    /** The churn's endpoints as an agent sees them: the identity by the key. */
    private Map<String, Integer> endpoints() {
        Map<String, Integer> identities = new TreeMap<>();
        fleet.face().state().forEach((key, value) -> {
            if (isChurn(key)) {
                identities.put(
                        key,
                        JsonParser.parseString(value)
                                .getAsJsonObject()
                                .get("ID")
                                .getAsInt());
            }
        });
        return identities;
    }

    private Map<String, String> others() {
        Map<String, String> state = new TreeMap<>(fleet.face().state());
        state.keySet().removeIf(key -> isChurn(key) || !GoldenRecording.isCompared(key));
        return state;
    }

    private static boolean isChurn(String key) {
        return key.startsWith(Churn.keyOf("10.200."));
    }

    /** Keys an agent was told are gone that nobody let go, and those it was told of again: no address is used twice. */
    private Set<String> deletedWithoutReason() {
        Set<String> deleted = new HashSet<>();
        Set<String> wrong = new HashSet<>();
        for (KeyChange change : fleet.face().seen()) {
            String address = change.key().substring(change.key().lastIndexOf('/') + 1);
            if (change.isDeletion()) {
                deleted.add(change.key());
                if (!churn.letGo().contains(address)) {
                    wrong.add(change.key());
                }
            } else if (deleted.contains(change.key())) {
                wrong.add(change.key());
            }
        }
        return wrong;
    }
}
