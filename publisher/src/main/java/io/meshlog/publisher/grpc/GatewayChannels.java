package io.meshlog.publisher.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.meshlog.publisher.grpc.GatewaySecurity.InsecureDev;
import io.meshlog.publisher.grpc.GatewaySecurity.MutualTls;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Makes channels to gateways. */
@FunctionalInterface
public interface GatewayChannels {
    /** Names the cluster where no certificate does. */
    Metadata.Key<String> CLUSTER_HEADER = Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER);

    /** Names the principal where no certificate does. */
    Metadata.Key<String> PRINCIPAL_HEADER = Metadata.Key.of("x-meshlog-principal", Metadata.ASCII_STRING_MARSHALLER);

    /** A dead path is noticed after at most the sum of both; gateways permit pings from every 5 s on. */
    long KEEPALIVE_TIME_S = 15;

    long KEEPALIVE_TIMEOUT_S = 10;

    /**
     * A channel to a gateway, not yet connected.
     *
     * @param address {@code host:port}
     * @throws IOException if its keys or certificates cannot be read
     */
    ManagedChannel open(String address) throws IOException;

    /** Channels over TCP. */
    static GatewayChannels overTcp(GatewaySecurity security, String cluster) {
        return address -> {
            ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(address, credentials(security))
                    .keepAliveTime(KEEPALIVE_TIME_S, TimeUnit.SECONDS)
                    .keepAliveTimeout(KEEPALIVE_TIMEOUT_S, TimeUnit.SECONDS);
            if (security instanceof InsecureDev dev) {
                builder.intercept(headers(cluster, dev.principal()));
            }
            return builder.build();
        };
    }

    private static ChannelCredentials credentials(GatewaySecurity security) throws IOException {
        return switch (security) {
            case InsecureDev dev -> InsecureChannelCredentials.create();
            case MutualTls tls ->
                TlsChannelCredentials.newBuilder()
                        .trustManager(tls.certificateAuthority().toFile())
                        .keyManager(tls.certificate().toFile(), tls.key().toFile())
                        .build();
        };
    }

    private static ClientInterceptor headers(String cluster, String principal) {
        Metadata headers = new Metadata();
        headers.put(CLUSTER_HEADER, cluster);
        headers.put(PRINCIPAL_HEADER, principal);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }
}
