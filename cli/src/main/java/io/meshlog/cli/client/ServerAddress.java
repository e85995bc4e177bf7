package io.meshlog.cli.client;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens.
 *
 * @param host a name or an address, an IPv6 address without brackets
 * @param source who says so, for messages, for example {@code --server}
 * @param supervised whether a running {@code up} says so, which starts the server again when it ends
 * @param tls how both know each other; null for plaintext
 */
public record ServerAddress(
        String host,
        int port,
        String source,
        boolean supervised,
        @Nullable ClientTls tls) {
    private static final int MAX_PORT = 65_535;

    /** Reads {@code host:port}, {@code [::1]:port}. */
    public static ServerAddress parse(String text, String source) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        int port = port(text.substring(colon + 1));
        if (host.isEmpty() || port < 1 || port > MAX_PORT) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%s says \"%s\", which is not HOST:PORT".formatted(source, text),
                    "For example: 127.0.0.1:7171, mesh.example.org:7171 or [::1]:7171");
        }
        return new ServerAddress(host, port, source, false, null);
    }

    /** The address as a running {@code up} gives it. */
    ServerAddress ofUp() {
        return new ServerAddress(host, port, source, true, tls);
    }

    /** The address, spoken to with certificates. */
    ServerAddress with(@Nullable ClientTls files) {
        return new ServerAddress(host, port, source, supervised, files);
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** {@code host:port}, as {@link #parse} reads it. */
    public String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
