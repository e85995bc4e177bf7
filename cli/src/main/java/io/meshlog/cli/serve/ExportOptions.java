package io.meshlog.cli.serve;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is exported: Cilium's own switches, under names close to theirs. */
public final class ExportOptions {
    @Option(
            names = "--default-global-namespace",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Whether a namespace without the annotation takes part in the mesh. Default: true.")
    @Nullable
    Boolean defaultGlobalNamespace;

    @Option(
            names = "--enable-mcs-api",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Whether ServiceExports are read and exported. Default: true.")
    @Nullable
    Boolean mcsApi;

    @Option(
            names = "--service-v2",
            paramLabel = "MODE",
            description = "services-only, services-and-endpointslices (the default) or only-endpointslice.")
    @Nullable
    String serviceV2;

    @Option(
            names = "--max-connected-clusters",
            paramLabel = "255|511",
            description = "As in the whole fleet; it divides identities between clusters. Default: 255.")
    @Nullable
    Integer maxConnectedClusters;

    @Option(
            names = "--endpoints",
            paramLabel = "KIND",
            description = "CiliumEndpoint or CiliumEndpointSlice. From Kubernetes also auto, the default there.")
    @Nullable
    String endpoints;

    void addTo(Map<String, String> environment) {
        SourceOptions.put(environment, "EXPORT_DEFAULT_GLOBAL_NAMESPACE", defaultGlobalNamespace);
        SourceOptions.put(environment, "EXPORT_MCS_API", mcsApi);
        SourceOptions.put(environment, "EXPORT_SERVICE_V2", serviceV2);
        SourceOptions.put(environment, "EXPORT_MAX_CONNECTED_CLUSTERS", maxConnectedClusters);
        SourceOptions.put(environment, "EXPORT_ENDPOINTS", endpoints);
    }
}
