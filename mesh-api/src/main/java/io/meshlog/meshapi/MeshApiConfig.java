package io.meshlog.meshapi;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.meshapi.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a mesh-api is run. As a YAML file the paths below are nested keys; each can also be given by the environment variable
 * beside it, which goes first. {@code docs/configuration.md} says the same for operators.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>path</th><th>variable</th><th>default</th></tr>
 * <tr><td>fleet</td><td>MESHLOG_API_FLEET</td><td>-</td></tr>
 * <tr><td>name</td><td>MESHLOG_API_NAME</td><td>-</td></tr>
 * <tr><td>dataDir</td><td>MESHLOG_API_DATA_DIR</td><td>-</td></tr>
 * <tr><td>kafka.bootstrapServers</td><td>MESHLOG_API_KAFKA_BOOTSTRAP_SERVERS</td><td>-</td></tr>
 * <tr><td>kafka.properties.*</td><td>none</td><td>none</td></tr>
 * <tr><td>registry.url</td><td>MESHLOG_API_REGISTRY_URL</td><td>-</td></tr>
 * <tr><td>grpc.bind</td><td>MESHLOG_API_GRPC_BIND</td><td>127.0.0.1:7400</td></tr>
 * <tr><td>http.bind</td><td>MESHLOG_API_HTTP_BIND</td><td>127.0.0.1:7401</td></tr>
 * <tr><td>etcd.bind</td><td>MESHLOG_API_ETCD_BIND</td><td>none</td></tr>
 * <tr><td>etcd.cluster</td><td>MESHLOG_API_ETCD_CLUSTER</td><td>none</td></tr>
 * <tr><td>feed.mode</td><td>MESHLOG_API_FEED_MODE</td><td>events</td></tr>
 * <tr><td>tls.certificate</td><td>MESHLOG_API_TLS_CERTIFICATE</td><td>none</td></tr>
 * <tr><td>tls.key</td><td>MESHLOG_API_TLS_KEY</td><td>none</td></tr>
 * <tr><td>tls.clientCa</td><td>MESHLOG_API_TLS_CLIENT_CA</td><td>none</td></tr>
 * <tr><td>insecureDev</td><td>MESHLOG_API_INSECURE_DEV</td><td>false</td></tr>
 * <tr><td>limits.*</td><td>MESHLOG_API_LIMITS_*</td><td>{@link GatewayLimits#DEFAULT}</td></tr>
 * </table>
 *
 * @param fleet the fleet's name, the prefix of its topics
 * @param name of this replica and gateway, unique in the fleet: two of one name take the session for commands from each
 *     other
 * @param dataDir where the replica is kept; whoever starts again on it serves at once
 * @param registry of schemas, in the Confluent API's form, for example {@code http://127.0.0.1:8081/apis/ccompat/v7}
 * @param etcd the etcd face; null where it is not served
 * @param feed what the replica follows once it is complete
 * @param limits of what the gateway takes in
 */
public record MeshApiConfig(
        String fleet,
        String name,
        Path dataDir,
        KafkaConnection kafka,
        URI registry,
        Listen listen,
        @Nullable Etcd etcd,
        FeedMode feed,
        GatewayLimits limits) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /** What a replica follows once it is complete. */
    public enum FeedMode {
        /** The events, which it decides itself; the changelog is the witness. */
        EVENTS,
        /** The changelog alone. */
        CHANGELOG
    }

    /**
     * Where is served, and to whom.
     *
     * @param grpc for agents, publishers and people; port 0 for any that is free
     * @param http for supervisors and scrapers; port 0 for any that is free
     * @param insecureDev plaintext, and everyone is who they say they are: on loopback only
     * @param tls what clients are shown and whom they have to be known by; null with {@code insecureDev}, and only then
     */
    public record Listen(
            InetSocketAddress grpc,
            InetSocketAddress http,
            boolean insecureDev,
            @Nullable TlsFiles tls) {
        /** The ports on loopback that are served on where nothing else is said. */
        public static final String DEFAULT_GRPC = "127.0.0.1:7400";

        public static final String DEFAULT_HTTP = "127.0.0.1:7401";

        public Listen {
            if (insecureDev == (tls != null)) {
                throw new IllegalArgumentException(
                        insecureDev
                                ? "insecureDev: is true, and tls.certificate is set too; only one of them can be"
                                : "tls.certificate: is missing, and so are tls.key and tls.clientCa; or set insecureDev to true to serve in plaintext on loopback");
            }
            if (grpc.isUnresolved() || http.isUnresolved()) {
                throw new IllegalArgumentException("%s: the address %s cannot be resolved"
                        .formatted(grpc.isUnresolved() ? "grpc.bind" : "http.bind", grpc.isUnresolved() ? grpc : http));
            }
            if (insecureDev && !grpc.getAddress().isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "grpc.bind: %s can be reached from other machines, which insecureDev does not allow; bind to 127.0.0.1 or ::1"
                                .formatted(grpc));
            }
        }

        /** In plaintext, or not at all. */
        public Listen(InetSocketAddress grpc, InetSocketAddress http, boolean insecureDev) {
            this(grpc, http, insecureDev, null);
        }
    }

    /**
     * The etcd face.
     *
     * @param bind where etcd's clients connect; port 0 for any that is free
     * @param cluster whose {@code cilium/state} is shown; null for that of the cluster the caller speaks for
     */
    public record Etcd(InetSocketAddress bind, @Nullable String cluster) {
        public Etcd {
            if (bind.isUnresolved()) {
                throw new IllegalArgumentException("etcd.bind: the address %s cannot be resolved".formatted(bind));
            }
            if (cluster != null && !NAME.matcher(cluster).matches()) {
                throw new IllegalArgumentException("etcd.cluster: \"%s\" is no cluster's name".formatted(cluster));
            }
        }
    }

    public MeshApiConfig {
        if (etcd != null && listen.insecureDev() && !etcd.bind().getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "etcd.bind: %s can be reached from other machines, which insecureDev does not allow; bind to 127.0.0.1 or ::1"
                            .formatted(etcd.bind()));
        }
        var unused = new Topics(fleet);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name: \"%s\" is no name: lower-case letters, digits and inner dashes, at most 63".formatted(name));
        }
        if (!"http".equals(registry.getScheme()) && !"https".equals(registry.getScheme())) {
            throw new IllegalArgumentException("registry.url: \"%s\" is no http or https URL".formatted(registry));
        }
    }

    /** Without the etcd face, following events. */
    public MeshApiConfig(
            String fleet,
            String name,
            Path dataDir,
            KafkaConnection kafka,
            URI registry,
            Listen listen,
            GatewayLimits limits) {
        this(fleet, name, dataDir, kafka, registry, listen, null, FeedMode.EVENTS, limits);
    }

    /** The fleet's topics. */
    public Topics topics() {
        return new Topics(fleet);
    }
}
