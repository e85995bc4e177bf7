package io.meshlog.publisher;

import io.meshlog.publisher.SourceConfig.Etcd;
import io.meshlog.publisher.SourceConfig.Kubernetes;
import io.meshlog.publisher.SourceConfig.Lease;
import io.meshlog.publisher.SourceConfig.Manifests;
import io.meshlog.publisher.source.kubernetes.KubernetesSettings;
import io.meshlog.publisher.source.kubernetes.KubernetesSettings.EndpointKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The part of the configuration that says where objects come from. Sections of other sources count as unknown. */
final class SourceSettings {
    private static final String DEFAULT_LEASE = "meshlog-publisher";

    private final ConfigSettings settings;
    private final Path folder;

    /** @param folder from where relative paths go */
    SourceSettings(ConfigSettings settings, Path folder) {
        this.settings = settings;
        this.folder = folder;
    }

    SourceConfig source() {
        String source = settings.text("source", "manifests");
        return switch (source) {
            case "manifests" -> manifests();
            case "kubernetes" -> kubernetes();
            case "etcd" -> new Etcd(path(settings.text("etcd.config")));
            default -> throw settings.error("source", "\"" + source + "\" is none of kubernetes, etcd, manifests");
        };
    }

    private SourceConfig manifests() {
        return new Manifests(
                path(settings.text("manifests.directory")),
                settings.duration("manifests.scanInterval", Manifests.DEFAULT_SCAN_INTERVAL),
                settings.duration("manifests.quietPeriod", Manifests.DEFAULT_QUIET_PERIOD));
    }

    private SourceConfig kubernetes() {
        String kubeconfig = settings.text("kubernetes.kubeconfig", "");
        return new Kubernetes(
                kubeconfig.isEmpty() ? null : path(kubeconfig),
                new KubernetesSettings(
                        endpoints(),
                        settings.truth("export.mcsApi", true),
                        settings.number("kubernetes.pageSize", KubernetesSettings.DEFAULT_PAGE_SIZE),
                        settings.text("kubernetes.ciliumNamespace", KubernetesSettings.DEFAULT_CILIUM_NAMESPACE)),
                lease());
    }

    private @Nullable Lease lease() {
        if (!settings.truth("kubernetes.leaderElection", false)) {
            return null;
        }
        return new Lease(
                settings.text("kubernetes.lease.namespace"),
                settings.text("kubernetes.lease.name", DEFAULT_LEASE),
                settings.text("kubernetes.lease.identity"));
    }

    private EndpointKind endpoints() {
        String text = settings.text("export.endpoints", "auto");
        return switch (text) {
            case "auto" -> EndpointKind.AUTO;
            case "CiliumEndpoint" -> EndpointKind.CILIUM_ENDPOINT;
            case "CiliumEndpointSlice" -> EndpointKind.CILIUM_ENDPOINT_SLICE;
            default ->
                throw settings.error(
                        "export.endpoints", "\"" + text + "\" is none of auto, CiliumEndpoint, CiliumEndpointSlice");
        };
    }

    private Path path(String text) {
        return folder.resolve(text).normalize();
    }
}
