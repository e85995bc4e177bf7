package io.meshlog.meshapi.access;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.meshlog.meshapi.failure.Failure;
import java.net.URI;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Knows callers by the certificates they show, which the connection has verified already.
 *
 * <p>A certificate's SPIFFE id (an URI among its alternative names) says who it is of:
 *
 * <pre>
 * spiffe://demo/cluster/eastus    the member cluster eastus of fleet demo
 * spiffe://demo/operator/alice    an operator
 * spiffe://demo/reader/grafana    a reader
 * </pre>
 *
 * <p>One that has none is Cilium's, and its common name says it, as Cilium's chart names its etcd users:
 * {@code root} writes all etcd keys, {@code admin-eastus} writes for cluster eastus, {@code remote} and {@code remote-eastus} read clusters' state,
 * {@code local-eastus} reads copies of it. Everybody else is nobody, and so are the certificates of another fleet.
 *
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X509-SVID</a>
 */
public final class CertificateAuthenticator implements Authenticator {
    private static final int URI_NAME = 6;
    private static final String SPIFFE = "spiffe";
    static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?");

    private final String fleet;

    /** @param fleet whose certificates count */
    public CertificateAuthenticator(String fleet) {
        this.fleet = fleet;
    }

    @Override
    public Principal authenticate(Attributes transport, Metadata headers) {
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            throw Failure.NOT_AUTHENTICATED.because("the connection is not encrypted, so nobody can be made out");
        }
        String refusal = transport.get(ConnectionCheck.REFUSAL);
        if (refusal != null) {
            throw Failure.NOT_AUTHENTICATED.because("the client's certificate is not believed: %s", refusal);
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return principal((X509Certificate) chain[0]);
        } catch (SSLPeerUnverifiedException none) {
            throw Failure.NOT_AUTHENTICATED.because("the client shows no certificate");
        }
    }

    Principal principal(X509Certificate certificate) {
        List<String> ids = spiffeIds(certificate);
        if (ids.size() > 1) {
            throw Failure.NOT_AUTHENTICATED.because(
                    "the client's certificate has %d SPIFFE ids, one is allowed", ids.size());
        }
        return ids.isEmpty() ? ofCilium(commonName(certificate)) : ofSpiffe(ids.getFirst());
    }

    private static List<String> spiffeIds(X509Certificate certificate) {
        try {
            List<String> ids = new ArrayList<>();
            for (List<?> name : Optional.<Collection<List<?>>>ofNullable(certificate.getSubjectAlternativeNames())
                    .orElse(List.of())) {
                if (name.get(0).equals(URI_NAME)
                        && name.get(1) instanceof String uri
                        && uri.regionMatches(true, 0, SPIFFE + ":", 0, SPIFFE.length() + 1)) {
                    ids.add(uri);
                }
            }
            return ids;
        } catch (CertificateParsingException garbled) {
            throw Failure.NOT_AUTHENTICATED.because(
                    "the alternative names of the client's certificate cannot be read: %s",
                    String.valueOf(garbled.getMessage()));
        }
    }

    private Principal ofSpiffe(String id) {
        URI uri;
        try {
            uri = URI.create(id);
        } catch (IllegalArgumentException garbled) {
            throw Failure.NOT_AUTHENTICATED.because("\"%s\" is no SPIFFE id", id);
        }
        if (!fleet.equals(uri.getAuthority())) {
            throw Failure.NOT_AUTHENTICATED.because(
                    "the client's certificate, %s, is of fleet %s, this is fleet %s", id, uri.getAuthority(), fleet);
        }
        String[] parts = String.valueOf(uri.getRawPath()).split("/", -1);
        boolean plain = uri.getQuery() == null && uri.getFragment() == null;
        if (!plain || parts.length != 3 || !NAME.matcher(parts[2]).matches()) {
            throw unknown(id);
        }
        return switch (parts[1]) {
            case "cluster" -> Principal.member(parts[2]);
            case "operator" -> new Principal("operator/" + parts[2], null, Role.OPERATOR);
            case "reader" -> new Principal("reader/" + parts[2], null, Role.READER);
            default -> throw unknown(id);
        };
    }

    private static RuntimeException unknown(String id) {
        return Failure.NOT_AUTHENTICATED.because(
                "the client's certificate, %s, is nobody's: spiffe://<fleet>/<cluster, operator or reader>/<name> would be somebody's",
                id);
    }

    private static Principal ofCilium(@Nullable String name) {
        Principal known = name == null ? null : EtcdUsers.principal(name);
        if (known == null) {
            throw Failure.NOT_AUTHENTICATED.because(
                    "the client's certificate has no SPIFFE id, and its common name \"%s\" is none of Cilium's: root, admin-<cluster>, remote, remote-<cluster>, local-<cluster>",
                    String.valueOf(name));
        }
        return known;
    }

    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(part.getValue());
                }
            }
            return null;
        } catch (InvalidNameException garbled) {
            throw Failure.NOT_AUTHENTICATED.because("the subject of the client's certificate cannot be read");
        }
    }
}
