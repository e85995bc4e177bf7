package io.meshlog.meshapi.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trust manager that does not say whom it believes. OpenSSL takes the list that servers hint at in handshakes from their
 * trust manager once and for all, and clients show no certificate of an authority that is not hinted at: after another
 * authority took the first one's place, nobody could prove who they are. Without hints clients show what they have.
 *
 * <p>Says in the log whom it refused and why, for that is all that is known of a connection that never was. Once in a second
 * at most: who is refused may come back as often as they like.
 */
final class UnhintedTrust extends X509ExtendedTrustManager {
    /** One of the ways to look at a chain. */
    private interface Check {
        void run() throws CertificateException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(UnhintedTrust.class);
    private static final X509Certificate[] NO_HINTS = {};
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_NAME_CHARS = 200;

    private final X509ExtendedTrustManager trust;
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    UnhintedTrust(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NO_HINTS;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        checkClient(chain, () -> trust.checkClientTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClient(chain, () -> trust.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkClient(chain, () -> trust.checkClientTrusted(chain, type, engine));
    }

    private void checkClient(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException refused) {
            long now = System.nanoTime();
            long quiet = quietUntil.get();
            if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + QUIET_NANOS)) {
                LOG.warn("a client's certificate is refused: {}: {}", subject(chain), refused.getMessage());
            }
            throw refused;
        }
    }

    /** Whoever comes chose it: nothing of it may look like another line of the log. */
    private static String subject(X509Certificate[] chain) {
        String name =
                chain.length == 0 ? "none" : chain[0].getSubjectX500Principal().getName();
        String line = name.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= MAX_NAME_CHARS ? line : line.substring(0, MAX_NAME_CHARS) + "...";
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        trust.checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        trust.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        trust.checkServerTrusted(chain, type, engine);
    }
}
