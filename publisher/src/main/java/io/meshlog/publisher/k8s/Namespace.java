package io.meshlog.publisher.k8s;

/** A namespace; its annotations say whether it takes part in the mesh. */
public record Namespace(ObjectMeta meta) implements KubernetesObject {
    @Override
    public ObjectKind kind() {
        return ObjectKind.NAMESPACE;
    }
}
