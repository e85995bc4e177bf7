/**
 * Hops 2 and 7 of 7: what the doors show and whom they believe. In come files that change, looked at by whoever keeps the
 * time; out go a key manager and a trust manager that the next handshake uses. Handshakes run on gRPC's threads.
 */
@NullMarked
package io.meshlog.meshapi.tls;

import org.jspecify.annotations.NullMarked;
