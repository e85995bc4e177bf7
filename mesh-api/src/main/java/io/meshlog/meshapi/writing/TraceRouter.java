package io.meshlog.meshapi.writing;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Brings traces from the thread that reads the changelog to the gateway's thread, one task for each batch. What nobody
 * here waits for is dropped before it is queued, so that the queue is bounded by what this gateway has sent.
 */
public final class TraceRouter {
    private final ConcurrentHashMap<ResourceKey, Consumer<Session>> listeners = new ConcurrentHashMap<>();
    private final Executor loop;
    private volatile Runnable afterBatch = () -> {};

    /** @param loop the gateway's thread */
    public TraceRouter(Executor loop) {
        this.loop = loop;
    }

    /**
     * Passes on one batch, in its order: sessions as decided events left them, each with the answer to one event. On the
     * changelog's thread; does not block.
     */
    public void onTraces(List<Session> traces) {
        List<Session> wanted = traces.stream()
                .filter(trace -> listeners.containsKey(trace.key()))
                .toList();
        if (!wanted.isEmpty()) {
            loop.execute(() -> deliver(wanted));
        }
    }

    private void deliver(List<Session> traces) {
        for (Session trace : traces) {
            Consumer<Session> listener = listeners.get(trace.key());
            if (listener != null) {
                listener.accept(trace);
            }
        }
        afterBatch.run();
    }

    /** From now on, traces under the key come to the listener, on the gateway's thread. */
    public void listen(ResourceKey key, Consumer<Session> listener) {
        listeners.put(key, listener);
    }

    public void forget(ResourceKey key) {
        listeners.remove(key);
    }

    /** What is to be done when a batch was delivered. */
    public void afterBatch(Runnable task) {
        afterBatch = task;
    }
}
