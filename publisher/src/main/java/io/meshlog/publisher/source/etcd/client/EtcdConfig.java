package io.meshlog.publisher.source.etcd.client;

import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.k8s.read.FieldException;
import io.meshlog.publisher.source.manifest.ManifestException;
import io.meshlog.publisher.source.manifest.YamlTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an etcd, as Cilium's own configuration files say it:
 *
 * <pre>{@code
 * endpoints: [https://clustermesh-apiserver.kube-system.svc:2379]
 * trusted-ca-file: ca.crt     # else what the system trusts
 * cert-file: tls.crt          # both, where the etcd asks who one is
 * key-file: tls.key
 * }</pre>
 *
 * <p>Relative paths go from the file's folder. The certificate files are read at each connection, so renewed ones count from
 * the next one on. A setting that is none of these is an error.
 *
 * @param endpoints tried in turn, at least one
 * @param tls null for files that name none
 */
public record EtcdConfig(List<Endpoint> endpoints, @Nullable Tls tls) {
    private static final List<String> KNOWN = List.of("endpoints", "trusted-ca-file", "cert-file", "key-file");
    private static final String PLAIN = "http://";
    private static final String ENCRYPTED = "https://";
    private static final int MAX_PORT = 65_535;

    /**
     * One member of the etcd.
     *
     * @param authority {@code host:port}
     */
    public record Endpoint(String authority, boolean encrypted) {}

    /**
     * Files in PEM; the key in PKCS 8.
     *
     * @param authority null for what the system trusts
     * @param certificate null where the client shows none; then there is no key either
     */
    public record Tls(
            @Nullable Path authority,
            @Nullable Path certificate,
            @Nullable Path key) {}

    public EtcdConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints: there is none");
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no such configuration; the message names the file and the setting
     */
    public static EtcdConfig read(Path file) throws IOException {
        try {
            return parse(file, Files.readString(file));
        } catch (ManifestException | FieldException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }

    private static EtcdConfig parse(Path file, String text) {
        List<Field> documents = YamlTrees.read(file.toString(), text).stream()
                .filter(Field::isThere)
                .toList();
        if (documents.size() != 1 || !documents.getFirst().isMap()) {
            throw new IllegalArgumentException(file + ": is not one document of settings");
        }
        Field root = documents.getFirst();
        for (String key : root.keys()) {
            if (!KNOWN.contains(key)) {
                throw root.get(key).error("is not a setting; there are " + String.join(", ", KNOWN));
            }
        }
        Path folder = file.toAbsolutePath().getParent();
        Tls tls = tls(root, folder == null ? Path.of("") : folder);
        boolean anyTls = tls != null;
        return new EtcdConfig(
                root.get("endpoints").items().stream()
                        .map(item -> endpoint(item, anyTls))
                        .toList(),
                tls);
    }

    /** Without encryption, for an etcd on this machine. */
    public static EtcdConfig plain(String authority) {
        return new EtcdConfig(List.of(new Endpoint(authority, false)), null);
    }

    /** etcd's clients encrypt to an endpoint without a scheme where certificates are named. */
    private static Endpoint endpoint(Field field, boolean anyTls) {
        String text = field.requiredText();
        String authority = text.startsWith(PLAIN)
                ? text.substring(PLAIN.length())
                : text.startsWith(ENCRYPTED) ? text.substring(ENCRYPTED.length()) : text;
        boolean encrypted = text.startsWith(ENCRYPTED) || anyTls && !text.startsWith(PLAIN);
        if (!isAuthority(authority)) {
            throw field.error("\"" + text + "\" is none of http://host:port, https://host:port, host:port");
        }
        return new Endpoint(authority, encrypted);
    }

    private static boolean isAuthority(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = colon > 0 && text.indexOf('/') < 0 ? Integer.parseInt(text.substring(colon + 1)) : 0;
            return port >= 1 && port <= MAX_PORT;
        } catch (NumberFormatException none) {
            return false;
        }
    }

    private static @Nullable Tls tls(Field root, Path folder) {
        Path authority = path(root.get("trusted-ca-file"), folder);
        Path certificate = path(root.get("cert-file"), folder);
        Path key = path(root.get("key-file"), folder);
        if ((certificate == null) != (key == null)) {
            throw root.error("cert-file and key-file: one without the other");
        }
        return authority == null && certificate == null ? null : new Tls(authority, certificate, key);
    }

    private static @Nullable Path path(Field field, Path folder) {
        String text = field.textOrNull();
        return text == null || text.isEmpty() ? null : folder.resolve(text).normalize();
    }
}
