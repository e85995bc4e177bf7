package io.meshlog.meshapi.access;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.meshlog.meshapi.failure.Failure;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/**
 * Believes what callers say of themselves: for development on one machine ({@code --insecure-dev}). The header
 * {@value #CLUSTER_HEADER} makes a member of that cluster, its absence an operator.
 *
 * <p>Whoever reaches the port may do anything, so it can only be had together with an address on loopback.
 */
public final class InsecureDevAuthenticator implements Authenticator {
    /** Names the cluster a member speaks for. */
    public static final String CLUSTER_HEADER = "x-meshlog-cluster";

    private static final Metadata.Key<String> CLUSTER =
            Metadata.Key.of(CLUSTER_HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?");
    private static final Principal OPERATOR = new Principal("operator/insecure-dev", null, Role.OPERATOR);

    private InsecureDevAuthenticator() {}

    /**
     * @param bind the address that is served
     * @throws IllegalArgumentException if others than this machine reach the address
     */
    public static InsecureDevAuthenticator on(InetSocketAddress bind) {
        if (bind.getAddress() == null || !bind.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "grpc.bind: %s can be reached from other machines, and insecureDev lets everyone in who reaches it; bind to 127.0.0.1 or ::1"
                            .formatted(bind));
        }
        return new InsecureDevAuthenticator();
    }

    @Override
    public Principal authenticate(Attributes transport, Metadata headers) {
        String cluster = headers.get(CLUSTER);
        if (cluster == null) {
            return OPERATOR;
        }
        if (!CLUSTER_NAME.matcher(cluster).matches()) {
            throw Failure.NOT_AUTHENTICATED.because("the header %s names no cluster: \"%s\"", CLUSTER_HEADER, cluster);
        }
        return Principal.member(cluster);
    }
}
