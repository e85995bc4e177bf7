package io.meshlog.meshapi.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for tests. */
public final class TestAuthority {
    private static final AtomicLong SERIALS = new AtomicLong(1);

    private final KeyPair keys = newKeys();
    private final X500Name name;
    private final X509CertificateHolder own;

    /** A certificate with its key, in PEM. */
    public record Signed(String certificate, String key) {
        public Path certificateIn(Path folder) {
            return write(folder.resolve("tls.crt"), certificate);
        }

        public Path keyIn(Path folder) {
            return write(folder.resolve("tls.key"), key);
        }
    }

    public TestAuthority(String commonName) {
        name = new X500Name("CN=" + commonName);
        own = sign(keys, name, name, keys, new GeneralName[0], validFor(Duration.ofDays(1)), true);
    }

    /** When a certificate is good. */
    public record Validity(Instant from, Instant to) {}

    public static Validity validFor(Duration duration) {
        Instant now = Instant.now();
        return new Validity(now.minus(Duration.ofHours(1)), now.plus(duration));
    }

    public String certificate() {
        return pem(own);
    }

    /** For a server on loopback. */
    public Signed server() {
        return signed(
                "CN=mesh-api",
                validFor(Duration.ofDays(30)),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                new GeneralName(GeneralName.dNSName, "localhost"));
    }

    public Signed spiffe(String id) {
        return signed(
                "CN=whoever", validFor(Duration.ofDays(1)), new GeneralName(GeneralName.uniformResourceIdentifier, id));
    }

    public Signed commonName(String commonName) {
        return signed("CN=" + commonName, validFor(Duration.ofDays(1)));
    }

    public Signed signed(String subject, Validity validity, GeneralName... names) {
        KeyPair its = newKeys();
        return new Signed(pem(sign(its, new X500Name(subject), name, keys, names, validity, false)), pem(its));
    }

    private static X509CertificateHolder sign(
            KeyPair subjectKeys,
            X500Name subject,
            X500Name issuer,
            KeyPair issuerKeys,
            GeneralName[] names,
            Validity validity,
            boolean authority) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIALS.getAndIncrement()),
                    Date.from(validity.from()),
                    Date.from(validity.to()),
                    subject,
                    subjectKeys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate()));
        } catch (IOException | OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(Object what) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(what instanceof KeyPair pair ? new JcaPKCS8Generator(pair.getPrivate(), null) : what);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text.toString();
    }

    public static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
