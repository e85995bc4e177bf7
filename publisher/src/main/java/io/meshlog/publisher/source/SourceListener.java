package io.meshlog.publisher.source;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import java.util.List;
import java.util.SortedMap;

/**
 * Who hears a source, which tells either of Kubernetes objects, from which the export's rules make resources, or of resources
 * as they are to be declared. All calls come from the source's one thread, which a slow listener may hold up: a source then
 * merges what happens meanwhile.
 */
public interface SourceListener {

    /** These are all objects there are. The first thing a source says; said again where it cannot tell what changed. */
    void onObjects(List<KubernetesObject> all);

    /** What changed since, at most one change for each object. */
    void onChanges(List<ObjectChange> changes);

    /** These are all resources there are, as {@link #onObjects} is of objects. Only for listeners to any source. */
    default void onResources(SortedMap<ResourceKey, Value> all) {
        throw new UnsupportedOperationException("only objects are heard");
    }

    /** What changed since, at most one change for each resource. */
    default void onResourceChanges(List<ResourceChange> changes) {
        throw new UnsupportedOperationException("only objects are heard");
    }

    /**
     * What is wrong at present, each a sentence for people that names the place; empty when all is well again. Said when
     * it changes. What a problem hides stays as it was.
     */
    void onProblems(List<String> problems);
}
