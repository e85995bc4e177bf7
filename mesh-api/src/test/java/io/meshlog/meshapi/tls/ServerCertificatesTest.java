package io.meshlog.meshapi.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.meshapi.tls.TestAuthority.Signed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificatesTest {
    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("fleet");
    private Instant now = Instant.now();
    private TlsFiles files;

    @BeforeEach
    void writeFiles() {
        Signed server = authority.server();
        files = new TlsFiles(
                server.certificateIn(folder),
                server.keyIn(folder),
                TestAuthority.write(folder.resolve("ca.crt"), authority.certificate()));
    }

    private ServerCertificates opened() {
        return new ServerCertificates(files, () -> now);
    }

    @Test
    void aKeyThatIsNotTheCertificates_leavesTheEarlierOnesInUse_untilBothAreThere() {
        // given
        ServerCertificates certificates = opened();
        Signed next = authority.server();

        // when the certificate is replaced, and its key is not there yet
        next.certificateIn(folder);
        certificates.look();

        // then
        assertThat(certificates.problem()).contains("tls.key is not the key of the certificate in", "still used");
        assertThat(certificates.reloads()).isZero();

        // when
        next.keyIn(folder);
        certificates.look();
        certificates.look();

        // then
        assertThat(certificates.problem()).isNull();
        assertThat(certificates.reloads()).isEqualTo(1);
    }

    @Test
    void halfAFile_leavesTheEarlierOnesInUse() {
        // given
        ServerCertificates certificates = opened();
        String whole = authority.server().certificate();

        // when
        TestAuthority.write(files.certificate(), whole.substring(0, whole.length() / 2));
        certificates.look();

        // then
        assertThat(certificates.problem()).contains("tls.crt holds no certificate");
    }

    @Test
    void filesThatAreMissingAtTheStart_areNamed() {
        files = new TlsFiles(files.certificate(), folder.resolve("none.key"), files.clientAuthorities());

        assertThatThrownBy(this::opened)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tls: ")
                .hasMessageContaining("none.key cannot be read");
    }

    @Test
    void aCertificateThatEndsSoon_isAProblem() {
        // given
        Signed shortLived = authority.signed(
                "CN=mesh-api",
                TestAuthority.validFor(Duration.ofDays(3)),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        shortLived.certificateIn(folder);
        shortLived.keyIn(folder);
        ServerCertificates certificates = opened();
        assertThat(certificates.problem()).isNull();

        // when
        now = certificates.notAfter().minus(Duration.ofHours(2));

        // then
        assertThat(certificates.problem()).contains("ends at");

        // when
        now = certificates.notAfter().plusSeconds(1);

        // then
        assertThat(certificates.problem()).contains("ended at");
    }
}
