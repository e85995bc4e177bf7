package io.meshlog.cli.client;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Files in PEM by which a client and its server know each other. They are read at each connection, so renewed ones count
 * from the next on.
 *
 * @param authority whom the server's certificate has to be signed by
 * @param certificate the client's chain, its own first
 * @param key PKCS 8, of the chain's first
 */
public record ClientTls(Path authority, Path certificate, Path key) {
    ChannelCredentials credentials() {
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(authority.toFile())
                    .keyManager(certificate.toFile(), key.toFile())
                    .build();
        } catch (IOException | IllegalArgumentException unusable) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the certificates cannot be used: " + unusable.getMessage(),
                    "--tls-ca %s, --tls-cert %s, --tls-key %s have to be files in PEM, the key in PKCS 8"
                            .formatted(authority, certificate, key));
        }
    }
}
