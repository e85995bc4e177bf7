package io.meshlog.publisher.source.kubernetes;

import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What informers saw and the listener has not heard: of each object the latest alone, in the order in which the objects
 * came. Bounded by the objects there are and those just gone. Safe on any thread; no method waits for the listener.
 */
final class PendingChanges {
    private Map<ObjectReference, ObjectChange> changes = new LinkedHashMap<>();
    private boolean woken;

    synchronized void add(ObjectChange change) {
        boolean first = changes.isEmpty();
        changes.put(change.reference(), change);
        if (first) {
            notifyAll();
        }
    }

    /** Wakes who waits, for another reason than a change. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Waits for at most so long, and takes nothing. */
    @SuppressWarnings("WaitNotInLoop") // Who waits looks again anyway.
    synchronized void pause(long timeoutMs) throws InterruptedException {
        wait(timeoutMs);
    }

    /** Takes all there is after at most so long, at once where there is something; may return early with nothing. */
    @SuppressWarnings("WaitNotInLoop") // Who takes asks again anyway.
    synchronized List<ObjectChange> take(long timeoutMs) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        long leftMs = timeoutMs;
        while (changes.isEmpty() && !woken && leftMs > 0) {
            wait(leftMs);
            leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        }
        woken = false;
        return takeNow();
    }

    /** Takes all there is. */
    synchronized List<ObjectChange> takeNow() {
        List<ObjectChange> taken = new ArrayList<>(changes.values());
        changes = new LinkedHashMap<>();
        return taken;
    }
}
