package io.meshlog.meshapi.tls;

import java.nio.file.Path;

/**
 * Where a server's certificates are, as Kubernetes mounts a secret.
 *
 * @param certificate PEM, the server's chain, its own first
 * @param key PEM, PKCS 8, of the chain's first
 * @param clientAuthorities PEM, whom clients' certificates have to be signed by; several while one takes another's place
 */
public record TlsFiles(Path certificate, Path key, Path clientAuthorities) {}
