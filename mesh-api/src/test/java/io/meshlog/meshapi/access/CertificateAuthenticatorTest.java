package io.meshlog.meshapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.util.CertificateUtils;
import io.meshlog.meshapi.tls.TestAuthority;
import io.meshlog.meshapi.tls.TestAuthority.Signed;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthenticatorTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("fleet");
    private final CertificateAuthenticator authenticator = new CertificateAuthenticator("demo");

    private Principal principal(Signed signed) throws CertificateException {
        return authenticator.principal(
                CertificateUtils.getX509Certificates(
                        new ByteArrayInputStream(signed.certificate().getBytes(StandardCharsets.US_ASCII)))[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://demo/cluster/eastus, cluster/eastus, eastus, MEMBER",
        "spiffe://demo/operator/alice, operator/alice, , OPERATOR",
        "spiffe://demo/reader/grafana, reader/grafana, , READER"
    })
    void aSpiffeId_saysWhoItIs(String id, String name, String cluster, Role role) throws Exception {
        assertThat(principal(AUTHORITY.spiffe(id))).isEqualTo(new Principal(name, cluster, role));
    }

    @ParameterizedTest
    @CsvSource({
        "root, cilium/root, , ROOT",
        "admin-eastus, cluster/eastus, eastus, MEMBER",
        "remote, cilium/remote, , REMOTE",
        "remote-eastus, cilium/remote-eastus, , REMOTE",
        "local-eastus, cilium/local-eastus, , LOCAL"
    })
    void ciliumsCommonNames_sayWhoItIs(String commonName, String name, String cluster, Role role) throws Exception {
        assertThat(principal(AUTHORITY.commonName(commonName))).isEqualTo(new Principal(name, cluster, role));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://other/cluster/eastus",
                "spiffe://demo/cluster/",
                "spiffe://demo/cluster/eastus/more",
                "spiffe://demo/cluster/East",
                "spiffe://demo/cluster%2Feastus",
                "spiffe://demo/admin/alice",
                "spiffe://demo",
                "spiffe://demo:1/cluster/eastus",
                "spiffe://demo/cluster/eastus?x=1"
            })
    void anythingElse_isNobody(String id) {
        assertThatThrownBy(() -> principal(AUTHORITY.spiffe(id))).hasMessageContaining(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin-", "eastus", "local", "remotely", "remote-"})
    void otherCommonNames_areNobody(String commonName) {
        assertThatThrownBy(() -> principal(AUTHORITY.commonName(commonName)))
                .hasMessageContaining("\"" + commonName + "\"");
    }

    @Test
    void aSpiffeId_goesBeforeACommonName() throws Exception {
        // given
        Signed signed = AUTHORITY.signed(
                "CN=admin-westeurope",
                TestAuthority.validFor(Duration.ofDays(1)),
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://demo/reader/x"));

        // then
        assertThat(principal(signed).role()).isEqualTo(Role.READER);
    }

    @Test
    void twoSpiffeIds_areNobody() {
        // given
        Signed signed = AUTHORITY.signed(
                "CN=x",
                TestAuthority.validFor(Duration.ofDays(1)),
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://demo/reader/x"),
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://demo/operator/x"));

        // then
        assertThatThrownBy(() -> principal(signed)).hasMessageContaining("2 SPIFFE ids");
    }

    @Test
    void aConnectionInPlaintext_isNobody() {
        assertThatThrownBy(() -> authenticator.authenticate(Attributes.EMPTY, new Metadata()))
                .hasMessageContaining("not encrypted");
    }
}
