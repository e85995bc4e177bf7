package io.meshlog.events.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One IP address (or CIDR) and the workload behind it, with every field of Cilium's {@code IPIdentityPair}.
 *
 * @param mask the netmask, 4 or 16 bytes, where the entry stands for a CIDR; null for a single address
 * @param identity 0 while the workload has none
 */
public record Endpoint(
        String ip,
        @Nullable Bytes mask,
        String hostIp,
        long identity,
        int encryptionKey,
        String metadata,
        String namespace,
        String podName,
        String serviceAccount,
        List<NamedPort> namedPorts)
        implements Declared {

    /** A container port that policies may name. */
    public record NamedPort(String name, int port, String protocol) {}

    public Endpoint {
        namedPorts = List.copyOf(namedPorts);
    }

    @Override
    public Kind kind() {
        return Kind.ENDPOINT;
    }

    /** The address, followed by {@code /length} for a CIDR, as Cilium's ipcache names its keys. */
    @Override
    public String keyName() {
        if (mask == null) {
            return ip;
        }
        int length = 0;
        for (byte octet : mask.shared()) {
            length += Integer.bitCount(octet & 0xff);
        }
        return ip + "/" + length;
    }
}
