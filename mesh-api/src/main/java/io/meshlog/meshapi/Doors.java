package io.meshlog.meshapi;

import io.grpc.InsecureServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.CertificateAuthenticator;
import io.meshlog.meshapi.access.ConnectionCheck;
import io.meshlog.meshapi.access.InsecureDevAuthenticator;
import io.meshlog.meshapi.replica.Component;
import io.meshlog.meshapi.tls.ServerCertificates;
import io.meshlog.meshapi.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How the gRPC servers are opened: with certificates on both sides, or on loopback without any. */
final class Doors {
    /**
     * How old a connection with certificates may become, give or take a tenth, before its client has to show its
     * certificate again: so long after a certificate ended, or its authority was taken out, its holder may still be served.
     */
    static final Duration MAX_CONNECTION_AGE = Duration.ofHours(1);

    private static final String NAME = "certificates";
    /** How long calls have to end by themselves on a connection that is too old; streams that do not are cut off. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final String fleet;
    private final Duration maxConnectionAge;
    private final @Nullable ServerCertificates certificates;

    /** @throws IllegalArgumentException naming the file, if there are certificates that cannot be used */
    Doors(MeshApiConfig config, InstantSource clock) {
        this(config, clock, MAX_CONNECTION_AGE);
    }

    Doors(MeshApiConfig config, InstantSource clock, Duration maxConnectionAge) {
        TlsFiles files = config.listen().tls();
        this.fleet = config.fleet();
        this.maxConnectionAge = maxConnectionAge;
        this.certificates = files == null ? null : new ServerCertificates(files, clock);
    }

    NettyServerBuilder at(InetSocketAddress bind) {
        if (certificates == null) {
            return NettyServerBuilder.forAddress(bind, InsecureServerCredentials.create());
        }
        return NettyServerBuilder.forAddress(bind, certificates.credentials())
                .addTransportFilter(new ConnectionCheck(certificates::requireBelieved))
                .maxConnectionAge(maxConnectionAge.toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionAgeGrace(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who callers at the address are, and what they may do. */
    AccessInterceptor access(InetSocketAddress bind) {
        return new AccessInterceptor(
                certificates == null ? InsecureDevAuthenticator.on(bind) : new CertificateAuthenticator(fleet));
    }

    /** The scheme that clients of these servers use. */
    String scheme() {
        return certificates == null ? "http" : "https";
    }

    void look() {
        if (certificates != null) {
            certificates.look();
        }
    }

    @Nullable
    ServerCertificates certificates() {
        return certificates;
    }

    /** How the certificates are; nothing where there are none. */
    List<Component> components() {
        if (certificates == null) {
            return List.of();
        }
        String problem = certificates.problem();
        return List.of(problem == null ? Component.ok(NAME) : Component.wrong(NAME, problem));
    }
}
