package io.meshlog.publisher.k8s;

/** What happened to one object. */
public sealed interface ObjectChange {
    ObjectReference reference();

    /** The object is now this; it may be new. */
    record Upserted(KubernetesObject object) implements ObjectChange {
        @Override
        public ObjectReference reference() {
            return object.reference();
        }
    }

    /** The object is gone. */
    record Deleted(ObjectReference reference) implements ObjectChange {}
}
