package io.meshlog.publisher.grpc;

import java.nio.file.Path;

/** How a gateway and a publisher know each other. */
public sealed interface GatewaySecurity {

    /**
     * Both show certificates; the publisher's says which cluster it is. The files are read at each connection, so a
     * renewed certificate counts from the next one on.
     *
     * @param certificateAuthority PEM, whom gateways' certificates have to be signed by
     * @param certificate PEM, the publisher's chain
     * @param key PEM, PKCS 8
     */
    record MutualTls(Path certificateAuthority, Path certificate, Path key) implements GatewaySecurity {}

    /**
     * Plaintext, and the cluster is believed. For a gateway that was started with {@code --insecure-dev}, on loopback.
     *
     * @param principal who the fleet's records say it was
     */
    record InsecureDev(String principal) implements GatewaySecurity {}
}
