package io.meshlog.meshapi;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.CertificateAuthenticator;
import io.meshlog.meshapi.access.InsecureDevAuthenticator;
import io.meshlog.meshapi.replica.Component;
import io.meshlog.meshapi.tls.ServerCertificates;
import io.meshlog.meshapi.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the gRPC servers are opened: with certificates on both sides, or on loopback without any. */
final class Doors {
    private static final String NAME = "certificates";

    private final String fleet;
    private final @Nullable ServerCertificates certificates;

    /** @throws IllegalArgumentException naming the file, if there are certificates that cannot be used */
    Doors(MeshApiConfig config, InstantSource clock) {
        TlsFiles files = config.listen().tls();
        this.fleet = config.fleet();
        this.certificates = files == null ? null : new ServerCertificates(files, clock);
    }

    NettyServerBuilder at(InetSocketAddress bind) {
        ServerCredentials credentials =
                certificates == null ? InsecureServerCredentials.create() : certificates.credentials();
        return NettyServerBuilder.forAddress(bind, credentials);
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
