package io.meshlog.meshapi.tls;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.grpc.util.CertificateUtils;
import io.meshlog.events.model.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server shows and whom it believes, from files that may be replaced while it serves: the next handshake uses what
 * they hold, open connections and their streams go on.
 *
 * <p>New files count as a whole or not at all. A key that is not the certificate's, as between two renames, half a file, or
 * an empty one leaves everything as it was, is said once, and is looked at again: replaced secrets come in several steps.
 *
 * <p>{@link #look} is for one thread; everything else for any.
 */
public final class ServerCertificates {
    /** How long before the certificate ends it is a problem. */
    static final Duration ENDS_SOON = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(ServerCertificates.class);
    private static final byte[] PROBE = {1, 2, 3, 4};

    private final TlsFiles files;
    private final InstantSource clock;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private final AtomicLong reloads = new AtomicLong();
    private Contents used;
    private volatile Instant notAfter;
    private volatile UnhintedTrust outsideHandshakes;
    private volatile @Nullable String unusable;

    /** The files' bytes at one look. */
    private record Contents(Bytes certificate, Bytes key, Bytes authorities) {}

    private record Usable(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {}

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException naming the file that cannot be used
     */
    public ServerCertificates(TlsFiles files, InstantSource clock) {
        this.files = files;
        this.clock = clock;
        try {
            this.trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
            this.used = read();
            Usable usable = parse(used);
            this.outsideHandshakes = outsideHandshakes(usable);
            this.notAfter = use(usable);
        } catch (GeneralSecurityException | IOException wrong) {
            throw new IllegalArgumentException("tls: " + inWords(wrong), wrong);
        }
    }

    /** For a server: clients without a certificate that is believed do not get a connection. */
    public ServerCredentials credentials() {
        return TlsServerCredentials.newBuilder()
                .keyManager(keys)
                .trustManager(new UnhintedTrust(trust))
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /**
     * Looks at a client's chain as a handshake does.
     *
     * @throws CertificateException in words, if it is not believed now
     */
    public void requireBelieved(X509Certificate[] chain) throws CertificateException {
        outsideHandshakes.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    }

    /** Looks whether the files hold something else, and uses it. To be called every second or so; blocks on the disk. */
    public void look() {
        try {
            Contents now = read();
            if (!now.equals(used)) {
                Usable usable = parse(now);
                outsideHandshakes = outsideHandshakes(usable);
                notAfter = use(usable);
                used = now;
                reloads.incrementAndGet();
                LOG.info("new certificates are used, the server's own ends at {}", notAfter);
            }
            unusable = null;
        } catch (GeneralSecurityException | IOException wrong) {
            String why = inWords(wrong);
            if (!why.equals(unusable)) {
                LOG.warn("the files of certificates cannot be used, the earlier ones still are: {}", why);
            }
            unusable = why;
        }
    }

    private Contents read() throws IOException {
        return new Contents(bytes(files.certificate()), bytes(files.key()), bytes(files.clientAuthorities()));
    }

    private static Bytes bytes(Path file) throws IOException {
        try {
            return Bytes.owned(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw new IOException("%s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
    }

    private Usable parse(Contents contents) throws GeneralSecurityException {
        List<X509Certificate> chain = certificates(files.certificate(), contents.certificate());
        PrivateKey key = key(files.key(), contents.key());
        if (!belong(chain.getFirst().getPublicKey(), key)) {
            throw new GeneralSecurityException(
                    "%s is not the key of the certificate in %s".formatted(files.key(), files.certificate()));
        }
        return new Usable(chain, key, certificates(files.clientAuthorities(), contents.authorities()));
    }

    private static List<X509Certificate> certificates(Path file, Bytes pem) throws GeneralSecurityException {
        try {
            X509Certificate[] certificates =
                    CertificateUtils.getX509Certificates(new ByteArrayInputStream(pem.shared()));
            if (certificates.length == 0) {
                throw new GeneralSecurityException("%s holds no certificate".formatted(file));
            }
            return List.of(certificates);
        } catch (GeneralSecurityException garbled) {
            throw new GeneralSecurityException(
                    "%s holds no certificates in PEM: %s".formatted(file, garbled.getMessage()), garbled);
        }
    }

    private static PrivateKey key(Path file, Bytes pem) throws GeneralSecurityException {
        try {
            return CertificateUtils.getPrivateKey(new ByteArrayInputStream(pem.shared()));
        } catch (GeneralSecurityException | IOException | RuntimeException garbled) {
            throw new GeneralSecurityException("%s holds no private key in PEM, PKCS 8".formatted(file), garbled);
        }
    }

    private static boolean belong(PublicKey certified, PrivateKey key) throws GeneralSecurityException {
        if (!certified.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static UnhintedTrust outsideHandshakes(Usable usable) throws GeneralSecurityException, IOException {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        for (X509Certificate authority : usable.authorities()) {
            authorities.setCertificateEntry(Integer.toString(authorities.size()), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(authorities);
        return new UnhintedTrust((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
    }

    private Instant use(Usable usable) throws GeneralSecurityException, IOException {
        trust.updateTrustCredentials(usable.authorities().toArray(X509Certificate[]::new));
        keys.updateIdentityCredentials(usable.chain().toArray(X509Certificate[]::new), usable.key());
        return usable.chain().getFirst().getNotAfter().toInstant();
    }

    private static String inWords(Exception wrong) {
        return String.valueOf(wrong.getMessage());
    }

    /** What is the matter, in words; null where nothing is. */
    public @Nullable String problem() {
        String unread = unusable;
        if (unread != null) {
            return "earlier certificates are still used: " + unread;
        }
        Instant now = clock.instant();
        if (notAfter.isBefore(now)) {
            return "the server's certificate ended at %s".formatted(notAfter);
        }
        return notAfter.isBefore(now.plus(ENDS_SOON))
                ? "the server's certificate ends at %s".formatted(notAfter)
                : null;
    }

    /** When the server's certificate ends. */
    public Instant notAfter() {
        return notAfter;
    }

    /** How often new files were used. */
    public long reloads() {
        return reloads.get();
    }
}
