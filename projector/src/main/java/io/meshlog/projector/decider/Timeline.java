package io.meshlog.projector.decider;

import io.meshlog.events.model.ResourceKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which revision the fleet was at when, and how many deletes since then are still known.
 *
 * <p>Kept in spans, not per revision: answers are late by up to a thousandth of the age or number asked about, never
 * early. At most {@value #MAX_SPANS} spans; past that the oldest two become one, which makes answers about the oldest
 * writes later still. Of a delete only a 64-bit hash of its key is kept; two keys that share one count once.
 *
 * <p>For one thread.
 */
final class Timeline {
    static final int MAX_SPANS = 4_000;

    private static final int SPANS_PER_QUESTION = 1_000;

    private static final class Span {
        /** All writes below it were made at or before {@link #startMs}. */
        long firstRevision;

        final long startMs;
        /** All writes up to this one were made at or before {@link #lastMs}. */
        long lastRevision;

        long lastMs;
        long deletes;
        /** The span this one became part of. */
        @Nullable
        Span into;

        Span(long firstRevision, long startMs) {
            this.firstRevision = firstRevision;
            this.startMs = startMs;
        }

        void onWrite(long revision, long timestampMs) {
            lastRevision = revision;
            lastMs = Math.max(lastMs, timestampMs);
        }
    }

    private final long spanMs;
    private final long spanDeletes;
    private final Deque<Span> spans = new ArrayDeque<>();
    private final Map<Long, Span> deleted = new HashMap<>();

    /**
     * @param longestMs the longest age that will be asked about
     * @param mostDeletes the largest number of deletes that will be asked about
     */
    Timeline(long longestMs, long mostDeletes) {
        this.spanMs = Math.max(1, longestMs / SPANS_PER_QUESTION);
        this.spanDeletes = Math.max(1, mostDeletes / SPANS_PER_QUESTION);
    }

    /** A write was made. Revisions never go back; a time before the last one counts as the last one. */
    void onWrite(long revision, long timestampMs) {
        Span last = spans.peekLast();
        boolean full = last != null && (timestampMs >= last.startMs + spanMs || last.deletes >= spanDeletes);
        if (last == null || full && revision > last.firstRevision) {
            spans.addLast(new Span(revision, last == null ? timestampMs : Math.max(timestampMs, last.startMs)));
            if (spans.size() > MAX_SPANS) {
                mergeOldest();
            }
        }
        spans.getLast().onWrite(revision, timestampMs);
    }

    /** The newest write deleted this key. */
    void onDelete(ResourceKey key) {
        Span last = spans.peekLast();
        if (last == null) {
            throw new IllegalStateException("a delete belongs to a write, none is known");
        }
        onLive(key);
        last.deletes++;
        deleted.put(hash(key), last);
    }

    /** The key was written again, or its delete is forgotten. */
    void onLive(ResourceKey key) {
        Span span = deleted.remove(hash(key));
        if (span != null) {
            while (span.into != null) {
                span = span.into;
            }
            span.deletes--;
        }
    }

    long deletes() {
        return deleted.size();
    }

    /**
     * The highest known revision such that all writes below it were made at or before that time: the one after the last
     * where all were; 0 for none.
     */
    long revisionAt(long timeMs) {
        long revision = 0;
        for (Span span : spans) {
            if (span.startMs > timeMs) {
                break;
            }
            revision = span.lastMs <= timeMs ? span.lastRevision + 1 : span.firstRevision;
        }
        return revision;
    }

    /** Whether a delete below a revision that {@link #revisionAt} or {@link #revisionLeaving} gave is still known. */
    boolean anyDeleteBelow(long revision) {
        for (Span span : spans) {
            if (span.firstRevision >= revision) {
                return false;
            }
            if (span.deletes > 0) {
                return true;
            }
        }
        return false;
    }

    /** The lowest known revision at and above which at most that many deletes lie; 0 where all of them are that few. */
    long revisionLeaving(long most) {
        long left = deletes();
        if (left <= most) {
            return 0;
        }
        Iterator<Span> oldestFirst = spans.iterator();
        Span span = oldestFirst.next();
        while (left > most && oldestFirst.hasNext()) {
            left -= span.deletes;
            span = oldestFirst.next();
        }
        return span.firstRevision;
    }

    private void mergeOldest() {
        Span first = spans.removeFirst();
        Span second = spans.element();
        second.firstRevision = first.firstRevision;
        second.deletes += first.deletes;
        first.into = second;
    }

    /** FNV-1a over the key's chars, each of which is one byte. */
    private static long hash(ResourceKey key) {
        long hash = 0xcbf29ce484222325L;
        String value = key.value();
        for (int i = 0; i < value.length(); i++) {
            hash = (hash ^ value.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
