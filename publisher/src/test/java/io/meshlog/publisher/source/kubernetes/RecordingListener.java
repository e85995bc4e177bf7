package io.meshlog.publisher.source.kubernetes;

import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.source.SourceListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a source told, put together. */
final class RecordingListener implements SourceListener {
    private final Map<ObjectReference, KubernetesObject> objects = new HashMap<>();
    private final List<String> deleted = new ArrayList<>();
    private List<String> problems = List.of();
    private int lists;

    @Override
    public synchronized void onObjects(List<KubernetesObject> all) {
        lists++;
        objects.clear();
        all.forEach(object -> objects.put(object.reference(), object));
    }

    @Override
    public synchronized void onChanges(List<ObjectChange> changes) {
        for (ObjectChange change : changes) {
            switch (change) {
                case ObjectChange.Upserted upserted -> objects.put(upserted.reference(), upserted.object());
                case ObjectChange.Deleted gone -> {
                    objects.remove(gone.reference());
                    deleted.add(gone.reference().toString());
                }
            }
        }
    }

    @Override
    public synchronized void onProblems(List<String> present) {
        problems = present;
    }

    synchronized int lists() {
        return lists;
    }

    synchronized SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        objects.keySet().forEach(reference -> names.add(reference.toString()));
        return names;
    }

    synchronized List<KubernetesObject> objects() {
        return List.copyOf(objects.values());
    }

    synchronized List<String> deleted() {
        return List.copyOf(deleted);
    }

    synchronized String problems() {
        return String.join("\n", problems);
    }
}
