package io.meshlog.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.ApiVersionUtil;
import io.meshlog.publisher.source.kubernetes.ClusterClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A real kube-apiserver with its etcd, in a process that can be killed and started again over the same data. */
final class KubernetesApi implements AutoCloseable {
    private static final Set<String> CLUSTER_SCOPED =
            Set.of("Namespace", "CiliumNode", "CiliumIdentity", "CiliumEndpointSlice", "CustomResourceDefinition");
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final List<String> command;
    private final Path folder;
    private Process process;
    private final KubernetesClient client;

    private KubernetesApi(List<String> command, Path folder) {
        this.command = command;
        this.folder = folder;
        startAgain();
        // a call that fails is told at once: what came of it is for the caller to see
        this.client = ClusterClients.connect(
                new ConfigBuilder(Config.fromKubeconfig(kubeconfig().toFile()))
                        .withRequestRetryBackoffLimit(0)
                        .build());
    }

    /** Starts it on an empty folder, and waits until it serves these definitions. */
    static KubernetesApi start(Path program, Path folder, List<Path> definitions) {
        List<String> command = new ArrayList<>(List.of(program.toString(), folder.toString()));
        definitions.forEach(definition -> command.add(definition.toString()));
        return new KubernetesApi(command, folder);
    }

    /** After {@link #kill}: over the same data, at the same port. */
    void startAgain() {
        try {
            Files.deleteIfExists(kubeconfig());
            Path text = folder.resolveSibling("kube.log");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(text.toFile()))
                    .start();
            await("kube-apiserver").atMost(START_LIMIT).until(() -> Files.exists(kubeconfig()) || !process.isAlive());
            assertThat(process.isAlive()).as(Files.readString(text)).isTrue();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** As a machine that goes down. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    KubernetesClient client() {
        return client;
    }

    /** Creates the objects of a manifest, in its order; answers their kinds. */
    List<String> create(String manifest) {
        List<HasMetadata> objects = client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                .items();
        for (HasMetadata object : objects) {
            var all = client.genericKubernetesResources(context(object.getApiVersion(), object.getKind()));
            String namespace = object.getMetadata().getNamespace();
            var unused = (namespace == null ? all : all.inNamespace(namespace))
                    .resource((GenericKubernetesResource) object)
                    .create();
        }
        return objects.stream().map(HasMetadata::getKind).toList();
    }

    List<String> create(Path manifest) throws IOException {
        return create(Files.readString(manifest));
    }

    /** Changes an object by a JSON merge patch. */
    void merge(ClusterKind kind, String namespace, String name, String patch) {
        var unused = object(kind, namespace, name).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    List<GenericKubernetesResource> list(ClusterKind kind, String namespace) {
        return all(kind).inNamespace(namespace).list().getItems();
    }

    void delete(ClusterKind kind, String namespace, String name) {
        var unused = object(kind, namespace, name).delete();
    }

    private Resource<GenericKubernetesResource> object(ClusterKind kind, String namespace, String name) {
        var all = all(kind);
        return namespace.isEmpty()
                ? all.withName(name)
                : all.inNamespace(namespace).withName(name);
    }

    private MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            all(ClusterKind kind) {
        return client.genericKubernetesResources(context(kind.apiVersion(), kind.kind()));
    }

    /** A client that leaves objects as they are cannot ask how they are named. */
    private static ResourceDefinitionContext context(String apiVersion, String kind) {
        String lower = kind.toLowerCase(Locale.ROOT);
        return new ResourceDefinitionContext.Builder()
                .withGroup(ApiVersionUtil.trimGroupOrNull(apiVersion))
                .withVersion(ApiVersionUtil.trimVersion(apiVersion))
                .withKind(kind)
                .withPlural(lower.endsWith("y") ? lower.substring(0, lower.length() - 1) + "ies" : lower + "s")
                .withNamespaced(!CLUSTER_SCOPED.contains(kind))
                .build();
    }

    @Override
    public void close() {
        client.close();
        kill();
    }
}
