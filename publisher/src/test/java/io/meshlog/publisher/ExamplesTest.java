package io.meshlog.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.export.ExportPolicy;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.source.SourceListener;
import io.meshlog.publisher.source.manifest.ClusterManifest;
import io.meshlog.publisher.source.manifest.ManifestSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fleet that comes with Meshlog is read without a problem and declares what its page says. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("../examples/three-clusters");

    @ParameterizedTest
    @CsvSource({
        "eastus, 1, 26, payments/payments;shop/web",
        "westeurope, 2, 20, shop/web",
        "edge, 3, 19, sensors/collector"
    })
    void eachClusterDeclaresWhatItsPageSays(String name, int id, int objects, String services) throws Exception {
        Cluster cluster = ClusterManifest.read(EXAMPLES.resolve(name).resolve("cluster.yaml"));
        assertThat(cluster)
                .isEqualTo(new Cluster(
                        name, id, List.of("10.%d.0.0/16".formatted(id)), List.of("192.168.%d.0/24".formatted(id)), 0));

        List<KubernetesObject> all = read(EXAMPLES.resolve(name));
        ExportPolicy policy = new ExportPolicy(ExportSettings.ofCluster(name, id));
        policy.replace(all);

        assertThat(all).hasSize(objects);
        assertThat(policy.skipped()).isEmpty();
        assertThat(policy.declared().keySet().stream()
                        .map(ResourceKey::value)
                        .filter(key -> key.startsWith(name + "/services/"))
                        .map(key -> key.substring(name.length() + "/services/".length())))
                .containsExactly(services.split(";", -1));
        assertThat(policy.declared().values())
                .filteredOn(Identity.class::isInstance)
                .allMatch(identity -> ((Identity) identity).id() >> 16 == id);
        assertThat(policy.declared().containsKey(new ResourceKey("edge/endpoints/10.2.1.20")))
                .isEqualTo(name.equals("edge"));
    }

    private static List<KubernetesObject> read(Path directory) throws Exception {
        CompletableFuture<List<KubernetesObject>> told = new CompletableFuture<>();
        try (ManifestSource source =
                new ManifestSource(directory, Duration.ofHours(1), Duration.ZERO, InstantSource.system())) {
            source.start(new SourceListener() {
                @Override
                public void onObjects(List<KubernetesObject> all) {
                    told.complete(all);
                }

                @Override
                public void onChanges(List<ObjectChange> changes) {}

                @Override
                public void onProblems(List<String> problems) {
                    told.completeExceptionally(new AssertionError(problems));
                }
            });
            return told.get(10, TimeUnit.SECONDS);
        }
    }
}
