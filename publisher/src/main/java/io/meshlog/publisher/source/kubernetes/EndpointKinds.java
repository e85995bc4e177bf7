package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.meshlog.publisher.k8s.ObjectKind;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which of the two kinds tells of a cluster's pods: what Cilium's own config map says, unless the settings say it. */
final class EndpointKinds {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointKinds.class);
    private static final String CONFIG_MAP = "cilium-config";
    private static final String KEY = "enable-cilium-endpoint-slice";
    private static final long RETRY_MS = 1_000;

    private final KubernetesClient client;
    private final KubernetesSettings settings;

    EndpointKinds(KubernetesClient client, KubernetesSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    /**
     * Waits for an API server that does not answer, for as long as it takes.
     *
     * @param problems is told why it waits
     */
    ObjectKind choose(Consumer<List<String>> problems) throws InterruptedException {
        return switch (settings.endpoints()) {
            case CILIUM_ENDPOINT -> ObjectKind.CILIUM_ENDPOINT;
            case CILIUM_ENDPOINT_SLICE -> ObjectKind.CILIUM_ENDPOINT_SLICE;
            case AUTO -> configured(problems);
        };
    }

    private ObjectKind configured(Consumer<List<String>> problems) throws InterruptedException {
        while (true) {
            try {
                ConfigMap map = client.configMaps()
                        .inNamespace(settings.ciliumNamespace())
                        .withName(CONFIG_MAP)
                        .get();
                return of(map);
            } catch (KubernetesClientException failed) {
                if (failed.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                    LOG.warn(
                            "the config map {}/{} may not be read: endpoints are read from CiliumEndpoint",
                            settings.ciliumNamespace(),
                            CONFIG_MAP);
                    return ObjectKind.CILIUM_ENDPOINT;
                }
                problems.accept(
                        List.of("the API server does not say what Cilium's settings are: " + failed.getMessage()));
            }
            Thread.sleep(RETRY_MS);
        }
    }

    private ObjectKind of(ConfigMap map) {
        boolean slices = map != null
                && map.getData() != null
                && Boolean.parseBoolean(map.getData().get(KEY));
        ObjectKind kind = slices ? ObjectKind.CILIUM_ENDPOINT_SLICE : ObjectKind.CILIUM_ENDPOINT;
        LOG.info(
                "endpoints are read from {}: {} of the config map {}/{} {}",
                kind.text(),
                KEY,
                settings.ciliumNamespace(),
                CONFIG_MAP,
                map == null ? "is not there" : "is " + slices);
        return kind;
    }
}
