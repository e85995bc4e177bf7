package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.k8s.read.FieldException;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer remembers of one kind: which objects it saw at which version, and nothing else of them. An object is
 * pruned and handed on while it is put in, on the informer's thread, so that no queue of whole objects ever forms.
 *
 * <p>An object that cannot be read stays what it was when it last could; one that never could is not there.
 */
final class PrunedStore implements ItemStore<GenericKubernetesResource> {
    private final WatchedKind kind;
    private final PendingChanges pending;
    private final ObjectPruner pruner;
    private final Map<String, String> versions = new ConcurrentHashMap<>();
    private final SortedMap<String, String> unreadable = new ConcurrentSkipListMap<>();

    PrunedStore(WatchedKind kind, PendingChanges pending) {
        this.kind = kind;
        this.pending = pending;
        this.pruner = new ObjectPruner(kind);
    }

    /** A sentence for each object that cannot be read now, by its key. */
    SortedMap<String, String> unreadable() {
        return unreadable;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        if (object instanceof Remembered remembered) {
            return remembered.key;
        }
        String namespace = object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        String version = Objects.requireNonNullElse(object.getMetadata().getResourceVersion(), "");
        String earlier = versions.put(key, version);
        if (!version.equals(earlier) || version.isEmpty()) {
            hand(key, object);
        }
        return earlier == null ? null : new Remembered(key, earlier);
    }

    private void hand(String key, GenericKubernetesResource object) {
        try {
            KubernetesObject pruned = pruner.prune(object);
            unreadable.remove(key);
            pending.add(new ObjectChange.Upserted(pruned));
        } catch (FieldException | IllegalArgumentException wrong) {
            unreadable.put(key, "%s %s cannot be read: %s".formatted(kind.kind().text(), key, wrong.getMessage()));
            pending.wake();
        }
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        String earlier = versions.remove(key);
        if (earlier == null) {
            return null;
        }
        unreadable.remove(key);
        int slash = key.indexOf('/');
        pending.add(new ObjectChange.Deleted(
                new ObjectReference(kind.kind(), slash < 0 ? "" : key.substring(0, slash), key.substring(slash + 1))));
        return new Remembered(key, earlier);
    }

    @Override
    public Stream<String> keySet() {
        return versions.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return versions.entrySet().stream().map(entry -> new Remembered(entry.getKey(), entry.getValue()));
    }

    @Override
    public int size() {
        return versions.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        String version = versions.get(key);
        return version == null ? null : new Remembered(key, version);
    }

    /** Whole objects are not here to be told of later. */
    @Override
    public boolean isFullState() {
        return false;
    }

    /** All that is left of an object, in the shape an informer expects: it asks for key and version alone. */
    private static final class Remembered extends GenericKubernetesResource {
        private static final long serialVersionUID = 1L;

        private final String key;
        private final String version;

        Remembered(String key, String version) {
            this.key = key;
            this.version = version;
        }

        @Override
        public ObjectMeta getMetadata() {
            ObjectMeta meta = new ObjectMeta();
            meta.setResourceVersion(version);
            return meta;
        }
    }
}
