package io.meshlog.publisher;

import io.meshlog.publisher.PublisherConfig.Reconnect;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.export.ExportSettings.EndpointSource;
import io.meshlog.publisher.export.ExportSettings.ServiceExportMode;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.source.manifest.YamlTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A publisher's configuration as a YAML file and environment variables, which count before it:
 *
 * <pre>{@code
 * cluster: {name: eastus, id: 1}
 * gateways: [gateway-0.example:7443, gateway-1.example:7443]
 * security:
 *   mode: mtls                       # or insecure-dev, then principal in place of the files
 *   certificateAuthority: ca.pem     # files are found from the configuration file's folder
 *   certificate: tls.pem
 *   key: tls-key.pem
 * source: manifests                  # or kubernetes, etcd; only the section of that name is read
 * manifests: {directory: manifests, scanInterval: 5s, quietPeriod: 100ms}
 * kubernetes:
 *   kubeconfig: kubeconfig.yaml      # without it what a pod is given, else what kubectl would use
 *   ciliumNamespace: kube-system     # where Cilium's config map is
 *   pageSize: 500
 *   leaderElection: true             # then lease.namespace, lease.name, lease.identity
 * etcd: {config: etcd.yaml}          # how to reach a clustermesh etcd, in Cilium's own format
 * export:
 *   defaultGlobalNamespace: true
 *   endpoints: CiliumEndpoint        # or CiliumEndpointSlice; with the source kubernetes also auto, the default there
 *   maxConnectedClusters: 255        # or 511, as in the whole fleet
 *   mcsApi: true
 *   serviceV2: services-and-endpointslices   # or services-only, only-endpointslice
 * reconnect: {initial: 200ms, max: 30s}
 * writer: publisher
 * }</pre>
 *
 * <p>The variable of a setting is its path in upper case: {@code MESHLOG_PUBLISHER_CLUSTER_NAME}, {@code
 * MESHLOG_PUBLISHER_SECURITY_CERTIFICATE_AUTHORITY}, {@code MESHLOG_PUBLISHER_GATEWAYS} with commas between. A setting
 * that is not known is an error, in both.
 */
public final class PublisherConfigFile {
    private final ConfigSettings settings;
    private final Path folder;

    private PublisherConfigFile(ConfigSettings settings, Path folder) {
        this.settings = settings;
        this.folder = folder;
    }

    /**
     * Reads a file under an environment.
     *
     * @throws IOException if it cannot be read
     * @throws RuntimeException if it is no YAML or a setting is missing or wrong; the message names the place and path
     */
    public static PublisherConfig read(Path file, Map<String, String> environment) throws IOException {
        List<Field> documents = YamlTrees.read(file.toString(), Files.readString(file)).stream()
                .filter(Field::isThere)
                .toList();
        Path folder = file.toAbsolutePath().getParent();
        return of(documents, environment, folder == null ? Path.of("") : folder);
    }

    /** The configuration that an environment alone makes. */
    public static PublisherConfig ofEnvironment(Map<String, String> environment) {
        return of(List.of(), environment, Path.of("").toAbsolutePath());
    }

    private static PublisherConfig of(List<Field> documents, Map<String, String> environment, Path folder) {
        ConfigSettings settings = new ConfigSettings();
        documents.forEach(settings::addAll);
        settings.overrideFrom(environment);
        PublisherConfigFile reader = new PublisherConfigFile(settings, folder);
        PublisherConfig config = reader.config();
        settings.requireAllUsed();
        return config;
    }

    private PublisherConfig config() {
        String cluster = settings.text("cluster.name");
        int clusterId = settings.number("cluster.id");
        SourceConfig source = new SourceSettings(settings, folder).source();
        boolean chooses = source instanceof SourceConfig.Kubernetes;
        ExportSettings export = new ExportSettings(
                cluster,
                clusterId,
                settings.truth("export.defaultGlobalNamespace", true),
                chooses ? EndpointSource.AS_TOLD : endpointSource(),
                settings.number("export.maxConnectedClusters", 255),
                settings.truth("export.mcsApi", true),
                serviceExport());
        return new PublisherConfig(
                export,
                Stream.of(settings.text("gateways").split(",", -1))
                        .map(String::trim)
                        .toList(),
                security(),
                settings.text("writer", PublisherConfig.DEFAULT_WRITER),
                source,
                new Reconnect(
                        settings.duration("reconnect.initial", Reconnect.DEFAULT.initial()),
                        settings.duration("reconnect.max", Reconnect.DEFAULT.max())));
    }

    private ServiceExportMode serviceExport() {
        String text = settings.text("export.serviceV2", "services-and-endpointslices");
        return switch (text) {
            case "services-only" -> ServiceExportMode.SERVICES_ONLY;
            case "services-and-endpointslices" -> ServiceExportMode.SERVICES_AND_ENDPOINT_SLICES;
            case "only-endpointslice" -> ServiceExportMode.ENDPOINT_SLICES_ONLY;
            default ->
                throw settings.error(
                        "export.serviceV2",
                        "\"" + text + "\" is none of services-only, services-and-endpointslices, only-endpointslice");
        };
    }

    private EndpointSource endpointSource() {
        String text = settings.text("export.endpoints", "CiliumEndpoint");
        return switch (text) {
            case "CiliumEndpoint" -> EndpointSource.CILIUM_ENDPOINT;
            case "CiliumEndpointSlice" -> EndpointSource.CILIUM_ENDPOINT_SLICE;
            default ->
                throw settings.error(
                        "export.endpoints", "\"" + text + "\" is neither CiliumEndpoint nor CiliumEndpointSlice");
        };
    }

    private GatewaySecurity security() {
        String mode = settings.text("security.mode", "mtls");
        return switch (mode) {
            case "mtls" ->
                new GatewaySecurity.MutualTls(
                        path("security.certificateAuthority"), path("security.certificate"), path("security.key"));
            case "insecure-dev" ->
                new GatewaySecurity.InsecureDev(
                        settings.text("security.principal", "publisher-" + settings.text("cluster.name")));
            default -> throw settings.error("security.mode", "\"" + mode + "\" is neither mtls nor insecure-dev");
        };
    }

    private Path path(String setting) {
        return folder.resolve(settings.text(setting)).normalize();
    }
}
