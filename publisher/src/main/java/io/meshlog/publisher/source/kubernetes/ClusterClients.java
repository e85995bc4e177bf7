package io.meshlog.publisher.source.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Clients as this source needs them. */
public final class ClusterClients {
    private ClusterClients() {}

    /**
     * A client of the cluster that is configured.
     *
     * <p>It does not know the built-in kinds: a watch would turn them into typed objects, which leave out empty lists and
     * maps, and so make another policy of the one that the list gave. Watches are plain HTTP, as client-go's are: what
     * stands between may not know WebSockets.
     */
    public static KubernetesClient connect(Config config) {
        KubernetesSerialization untyped = new KubernetesSerialization(new ObjectMapper(), false);
        // How a watch is told that it has to list again.
        untyped.registerKubernetesResource(Status.class);
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config).withOnlyHttpWatches(true).build())
                .withKubernetesSerialization(untyped)
                .build();
    }
}
