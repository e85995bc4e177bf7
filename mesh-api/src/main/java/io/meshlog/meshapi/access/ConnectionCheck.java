package io.meshlog.meshapi.access;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Looks at the certificate of each new connection. A handshake that resumes an earlier session, which TLS 1.3 allows for
 * days, does not: without this a certificate that has ended, or whose authority was taken out, would open connections still.
 */
public final class ConnectionCheck extends ServerTransportFilter {
    /** Why the calls of a connection are refused; absent where they are not. */
    static final Attributes.Key<String> REFUSAL = Attributes.Key.create("meshlog-refusal");

    /** Whether a chain is believed now. */
    public interface Belief {
        void require(X509Certificate[] chain) throws CertificateException;
    }

    private final Belief belief;

    public ConnectionCheck(Belief belief) {
        this.belief = belief;
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return transport;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            belief.require(Arrays.copyOf(chain, chain.length, X509Certificate[].class));
            return transport;
        } catch (CertificateException | SSLPeerUnverifiedException refused) {
            return transport.toBuilder()
                    .set(REFUSAL, String.valueOf(refused.getMessage()))
                    .build();
        }
    }
}
