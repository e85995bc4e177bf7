package io.meshlog.publisher.k8s;

import java.util.Map;

/**
 * An object's metadata.
 *
 * @param namespace empty for kinds without one
 * @param created RFC 3339 in UTC, so that text order is the order of time; empty where the object does not say
 */
public record ObjectMeta(
        String namespace, String name, Map<String, String> labels, Map<String, String> annotations, String created) {
    public ObjectMeta {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
