package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One kind, listed in pages and then watched with bookmarks; lists again where the API server has forgotten the version it
 * was at, and tries for ever where the kind or the API server is not there. What is gone by a new list is deleted then; what
 * cannot be asked for stays.
 *
 * <p>The informer's threads call in; the source's thread asks.
 */
final class KindInformer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KindInformer.class);

    private final WatchedKind kind;
    private final PrunedStore store;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private volatile @Nullable Trouble trouble;

    /**
     * Why the last attempt to list or to watch failed.
     *
     * @param missing whether the API server answers and does not know the kind
     */
    private record Trouble(boolean missing, String reason) {}

    KindInformer(KubernetesClient client, WatchedKind kind, PendingChanges pending, long pageSize) {
        this.kind = kind;
        this.store = new PrunedStore(kind, pending);
        var resources = client.genericKubernetesResources(kind.context());
        this.informer = (kind.kind().namespaced() ? resources.inAnyNamespace() : resources)
                .withLimit(pageSize)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(store)
                .addEventHandler(new Lists(pending))
                .exceptionHandler((started, failed) -> {
                    onFailure(failed);
                    pending.wake();
                    return true;
                });
    }

    void start() {
        var unused = informer.start();
    }

    WatchedKind kind() {
        return kind;
    }

    /** Whether all there are were told once. */
    boolean isListed() {
        return informer.lastSyncResourceVersion() != null;
    }

    /** Whether there is none of it to wait for: the API server does not know a kind that a cluster can be without. */
    boolean isAbsent() {
        Trouble last = trouble;
        return !kind.required() && !isListed() && last != null && last.missing();
    }

    /** Why this kind is not followed, a sentence; null where it is, or nothing is known to be wrong. */
    @Nullable
    String problem() {
        Trouble last = trouble;
        if (last == null) {
            return null;
        }
        return last.missing()
                ? "the cluster has no %s of %s; it is waited for"
                        .formatted(kind.kind().text(), kind.apiVersion())
                : "%s cannot be read, what was read stays: %s".formatted(kind.plural(), last.reason());
    }

    SortedMap<String, String> unreadable() {
        return store.unreadable();
    }

    private void onFailure(Throwable failed) {
        Throwable cause = failed;
        while (!(cause instanceof KubernetesClientException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean missing = cause instanceof KubernetesClientException answer
                && answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        trouble = new Trouble(missing, String.valueOf(cause.getMessage()));
        LOG.debug("{}", kind.plural(), failed);
    }

    @Override
    public void close() {
        informer.stop();
    }

    /** Hears when a list was read to its end. The store has handed the objects on by then. */
    private final class Lists implements ResourceEventHandler<GenericKubernetesResource> {
        private final PendingChanges pending;

        Lists(PendingChanges pending) {
            this.pending = pending;
        }

        @Override
        public void onList(String resourceVersion, boolean remainedEmpty) {
            trouble = null;
            pending.wake();
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {}

        @Override
        public void onUpdate(GenericKubernetesResource earlier, GenericKubernetesResource object) {}

        @Override
        public void onDelete(GenericKubernetesResource object, boolean lastStateUnknown) {}
    }
}
