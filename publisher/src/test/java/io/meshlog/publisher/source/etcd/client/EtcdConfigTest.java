package io.meshlog.publisher.source.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.publisher.source.etcd.client.EtcdConfig.Endpoint;
import io.meshlog.publisher.source.etcd.client.EtcdConfig.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdConfigTest {
    @TempDir
    Path folder;

    @Test
    void ciliumsFileIsRead_itsPathsFromItsFolder() throws Exception {
        // given
        Path file = Files.writeString(folder.resolve("etcd.yaml"), """
                endpoints:
                - https://one.example:2379
                - two.example:2379
                - http://127.0.0.1:2379
                trusted-ca-file: /pki/ca.crt
                cert-file: tls.crt
                key-file: tls.key
                """);

        // when
        EtcdConfig config = EtcdConfig.read(file);

        // then
        assertThat(config.endpoints())
                .containsExactly(
                        new Endpoint("one.example:2379", true),
                        new Endpoint("two.example:2379", true),
                        new Endpoint("127.0.0.1:2379", false));
        assertThat(config.tls())
                .isEqualTo(new Tls(Path.of("/pki/ca.crt"), folder.resolve("tls.crt"), folder.resolve("tls.key")));
    }

    @Test
    void withoutCertificatesAnEndpointWithoutAScheme_isPlain() throws Exception {
        Path file = Files.writeString(folder.resolve("etcd.yaml"), "endpoints: ['127.0.0.1:2379']\n");

        assertThat(EtcdConfig.read(file)).isEqualTo(EtcdConfig.plain("127.0.0.1:2379"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    endpoints: []                                         | endpoints: there is none
                    endpoints: [https://one.example]                      | "https://one.example" is none of
                    {endpoints: ['a:1'], insecure-skip-tls-verify: true}  | insecure-skip-tls-verify: is not a setting
                    {endpoints: ['a:1'], cert-file: tls.crt}              | one without the other
                    nonsense                                              | is not one document of settings
                    """)
    void whatIsWrongIsSaidWithItsPlace(String text, String said) throws Exception {
        Path file = Files.writeString(folder.resolve("etcd.yaml"), text + "\n");

        assertThatThrownBy(() -> EtcdConfig.read(file))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining(said);
    }
}
