package io.meshlog.publisher.source.manifest;

import io.meshlog.events.model.Cluster;
import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.k8s.read.FieldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a cluster is to be admitted with, beside its manifests:
 *
 * <pre>{@code
 * apiVersion: meshlog.io/v1alpha1
 * kind: MeshlogCluster
 * name: eastus                      # the cluster's name in the fleet
 * id: 1                             # its Cilium cluster id, 1 to 511, unique in the fleet
 * podCIDRs: [10.1.0.0/16]           # where its pods may be
 * nodeCIDRs: [192.168.1.0/24]       # where its nodes may be
 * }</pre>
 *
 * <p>It is not an object of the cluster: a manifest source passes over it.
 */
public final class ClusterManifest {
    public static final String API_VERSION = "meshlog.io/v1alpha1";
    public static final String KIND = "MeshlogCluster";

    private static final int MAX_ID = 511;

    private ClusterManifest() {}

    /**
     * Reads the one cluster of a file.
     *
     * @throws ManifestException if it is no YAML or holds no such document, or more than one
     * @throws FieldException if a field is missing or wrong
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Cluster read(Path file) {
        String origin = file.toString();
        List<Field> clusters = YamlTrees.read(origin, text(file)).stream()
                .filter(Field::isThere)
                .filter(document -> document.get("kind").text("").equals(KIND))
                .toList();
        if (clusters.size() != 1) {
            throw new ManifestException(
                    "%s: holds %d documents of kind %s, not one".formatted(origin, clusters.size(), KIND));
        }
        return cluster(clusters.getFirst());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Cluster cluster(Field document) {
        Field version = document.get("apiVersion");
        if (!version.requiredText().equals(API_VERSION)) {
            throw version.error("has to be " + API_VERSION);
        }
        Field id = document.get("id");
        if (!id.isThere()) {
            throw id.error("is missing");
        }
        return new Cluster(
                document.get("name").requiredText(),
                (int) id.number(0, 1, MAX_ID),
                cidrs(document.get("podCIDRs")),
                cidrs(document.get("nodeCIDRs")),
                0);
    }

    private static List<String> cidrs(Field list) {
        return list.items().stream().map(Field::cidr).toList();
    }
}
