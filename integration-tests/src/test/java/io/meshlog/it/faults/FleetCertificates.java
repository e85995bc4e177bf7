package io.meshlog.it.faults;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.tls.TestAuthority;
import io.meshlog.meshapi.tls.TestAuthority.Signed;
import io.meshlog.meshapi.tls.TlsFiles;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Mutual TLS for a fleet: the certificates of its server, of the scripted cluster's publisher, of an operator and of
 * Cilium's etcd users, as files that can be replaced while they are used. For one thread.
 */
public final class FleetCertificates implements FleetDoors {
    private static final List<String> ETCD_USERS =
            List.of("root", "admin-" + ScriptedCluster.NAME, "remote", "local-a");
    private static final String AUTHORITY = "ca.crt";

    private final Path folder;
    private final String fleet;
    private TestAuthority authority = new TestAuthority("first");

    /** Signs all of them. */
    public FleetCertificates(Path folder, String fleet) {
        this.folder = folder;
        this.fleet = fleet;
        believe(authority.certificate());
        signServer();
        signClients();
    }

    /** Where each user's {@code NAME.crt} and {@code NAME.key} are, and {@code ca.crt}, whom to believe. */
    public Path clients() {
        return folder.resolve("clients");
    }

    private Path server() {
        return folder.resolve("server");
    }

    private void believe(String authorities) {
        TestAuthority.write(clients().resolve(AUTHORITY), authorities);
        TestAuthority.write(server().resolve(AUTHORITY), authorities);
    }

    private void signServer() {
        Signed own = authority.server();
        own.certificateIn(server());
        own.keyIn(server());
    }

    private void signClients() {
        ETCD_USERS.forEach(user -> write(user, authority.commonName(user)));
        write("publisher", authority.spiffe("spiffe://%s/cluster/%s".formatted(fleet, ScriptedCluster.NAME)));
        write("operator", authority.spiffe("spiffe://%s/operator/test".formatted(fleet)));
    }

    private void write(String name, Signed signed) {
        TestAuthority.write(crt(name), signed.certificate());
        TestAuthority.write(key(name), signed.key());
    }

    private Path crt(String name) {
        return clients().resolve(name + ".crt");
    }

    private Path key(String name) {
        return clients().resolve(name + ".key");
    }

    /** From now on another authority signs; the earlier one is believed still. */
    public void anotherAuthority() {
        TestAuthority earlier = authority;
        authority = new TestAuthority("next");
        believe(earlier.certificate() + authority.certificate());
    }

    /** New certificates for everybody, by the authority that signs now. */
    public void renew() {
        signServer();
        signClients();
    }

    /** Whoever signed before is not believed any more. */
    public void forgetEarlier() {
        believe(authority.certificate());
    }

    /** Keeps what one has now under another name. */
    public void keep(String name, String as) {
        try {
            Files.copy(crt(name), crt(as));
            Files.copy(key(name), key(as));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Listen listen(int grpcPort) {
        TlsFiles files =
                new TlsFiles(server().resolve("tls.crt"), server().resolve("tls.key"), server().resolve(AUTHORITY));
        return new Listen(KafkaProxy.loopback(grpcPort), KafkaProxy.loopback(0), false, files);
    }

    @Override
    public GatewaySecurity publisher() {
        return new GatewaySecurity.MutualTls(clients().resolve(AUTHORITY), crt("publisher"), key("publisher"));
    }

    @Override
    public ChannelCredentials operator() {
        return client("operator");
    }

    /** What the files hold now for one of {@link #clients}. */
    public ChannelCredentials client(String name) {
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(clients().resolve(AUTHORITY).toFile())
                    .keyManager(crt(name).toFile(), key(name).toFile())
                    .build();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The same as Netty's. */
    public SslContext sslContext(String name) {
        try {
            return GrpcSslContexts.forClient()
                    .trustManager(clients().resolve(AUTHORITY).toFile())
                    .keyManager(crt(name).toFile(), key(name).toFile())
                    .build();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
