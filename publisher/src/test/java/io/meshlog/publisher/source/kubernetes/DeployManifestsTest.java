package io.meshlog.publisher.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.meshlog.publisher.PublisherConfig;
import io.meshlog.publisher.PublisherConfigFile;
import io.meshlog.publisher.SourceConfig;
import io.meshlog.publisher.k8s.ObjectKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deployed, against the code that runs there. */
class DeployManifestsTest {
    private static final Path FOLDER = Path.of("../deploy/publisher");

    @TempDir
    private Path folder;

    @Test
    void theKustomizationNamesEveryFile() throws IOException {
        Map<?, ?> kustomization =
                Serialization.unmarshal(Files.readString(FOLDER.resolve("kustomization.yaml")), Map.class);
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("kustomization.yaml")))
                    .containsExactlyInAnyOrderElementsOf(((List<?>) kustomization.get("resources"))
                            .stream().map(String::valueOf).toList());
        }
    }

    @Test
    void exactlyWhatIsReadMayBeRead() throws IOException {
        List<ClusterRole> roles = objects("rbac.yaml", ClusterRole.class);

        assertThat(roles).hasSize(1);
        assertThat(roles.getFirst().getRules())
                .allSatisfy(rule -> assertThat(rule.getVerbs()).containsExactly("list", "watch"));
        assertThat(roles.getFirst().getRules().stream()
                        .flatMap(rule -> rule.getResources().stream()
                                .map(resource -> rule.getApiGroups().getFirst() + "/" + resource)))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ObjectKind.values())
                        .map(WatchedKind::of)
                        .map(kind -> kind.group() + "/" + kind.plural())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void theConfigurationIsOneThatThePublisherTakes() throws IOException {
        ConfigMap map = objects("config.yaml", ConfigMap.class).getFirst();
        Deployment deployment = objects("deployment.yaml", Deployment.class).getFirst();
        Path file = folder.resolve("publisher.yaml");
        Files.writeString(file, map.getData().get("publisher.yaml"));
        Map<String, String> variables =
                deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
                        .filter(variable -> variable.getName().startsWith("MESHLOG_PUBLISHER_"))
                        .collect(Collectors.toMap(
                                variable -> variable.getName(),
                                variable ->
                                        variable.getValueFrom().getFieldRef().getFieldPath()));

        PublisherConfig config = PublisherConfigFile.read(file, variables);

        assertThat(config.source()).isInstanceOfSatisfying(SourceConfig.Kubernetes.class, kubernetes -> {
            assertThat(kubernetes.kubeconfig()).isNull();
            assertThat(kubernetes.lease())
                    .isEqualTo(new SourceConfig.Lease("metadata.namespace", "meshlog-publisher", "metadata.name"));
        });
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
    }

    private static <T extends HasMetadata> List<T> objects(String file, Class<T> kind) throws IOException {
        return Stream.of(Files.readString(FOLDER.resolve(file)).split("\n---\n"))
                .map(document -> Serialization.unmarshal(document, KubernetesResource.class))
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
