package io.meshlog.publisher.export;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.read.ObjectReader;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import io.meshlog.publisher.source.manifest.YamlTrees;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Objects as a manifest says them, for tests that read like one. */
final class Objects {
    private Objects() {}

    /** What the policy makes of objects: without the cluster's config, which is always there. */
    static SortedMap<ResourceKey, Declared> declared(ExportPolicy policy) {
        SortedMap<ResourceKey, Declared> declared = new TreeMap<>(policy.declared());
        declared.values().removeIf(ClusterConfig.class::isInstance);
        return declared;
    }

    static List<KubernetesObject> of(String yaml) {
        return ObjectReader.read(YamlTrees.read("test.yaml", yaml)).objects().stream()
                .map(Placed::object)
                .toList();
    }

    static KubernetesObject namespace(String name, String... annotation) {
        return one("""
                {apiVersion: v1, kind: Namespace, metadata: {name: %s, annotations: {%s}}}
                """.formatted(name, pairs(annotation)));
    }

    static KubernetesObject service(String name, String annotations, String spec) {
        return one("""
                {apiVersion: v1, kind: Service, metadata: {name: %s, namespace: shop, annotations: {%s}}, spec: {%s}}
                """.formatted(name, annotations, spec));
    }

    static KubernetesObject slice(String name, String labels, String addressType, String endpoints) {
        return one("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s, namespace: shop, labels: {%s}}
                addressType: %s
                ports: [{name: http, port: 8080}]
                endpoints: [%s]
                """.formatted(name, labels, addressType, endpoints));
    }

    static KubernetesObject endpoint(String name, String namespace, String created, String status) {
        return one("""
                apiVersion: cilium.io/v2
                kind: CiliumEndpoint
                metadata: {name: %s, namespace: %s, creationTimestamp: "%s"}
                status: {%s}
                """.formatted(name, namespace, created, status));
    }

    static KubernetesObject one(String yaml) {
        List<KubernetesObject> objects = of(yaml);
        if (objects.size() != 1) {
            throw new IllegalArgumentException(objects.size() + " objects, not one");
        }
        return objects.getFirst();
    }

    private static String pairs(String... annotation) {
        return annotation.length == 0 ? "" : annotation[0] + ": \"" + annotation[1] + "\"";
    }
}
