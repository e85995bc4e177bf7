package io.meshlog.publisher.source;

import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import java.util.List;

/**
 * Who hears a source. All calls come from the source's one thread, which a slow listener may hold up: a source then
 * merges what happens meanwhile.
 */
public interface SourceListener {

    /** These are all objects there are. The first thing a source says; said again where it cannot tell what changed. */
    void onObjects(List<KubernetesObject> all);

    /** What changed since, at most one change for each object. */
    void onChanges(List<ObjectChange> changes);

    /**
     * What is wrong at present, each a sentence for people that names the place; empty when all is well again. Said when
     * it changes. What a problem hides stays as it was.
     */
    void onProblems(List<String> problems);
}
