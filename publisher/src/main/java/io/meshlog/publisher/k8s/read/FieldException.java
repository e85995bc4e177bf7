package io.meshlog.publisher.k8s.read;

/**
 * Something that cannot be read as what it has to be. The message names the place in full: {@code nodes.yaml:12:
 * spec.ipam.podCIDRs[0]: "10.244.1.0/33" is not a CIDR}.
 */
public final class FieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FieldException(String origin, int line, String path, String problem) {
        super((origin.isEmpty() ? "" : origin + (line > 0 ? ":" + line : "") + ": ")
                + (path.isEmpty() ? "" : path + ": ")
                + problem);
    }
}
