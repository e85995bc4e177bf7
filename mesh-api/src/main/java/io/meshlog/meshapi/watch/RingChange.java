package io.meshlog.meshapi.watch;

import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.store.AppliedWrite;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change in the ring. What it looks like to readers is encoded when the first one needs it, and then shared; two threads
 * that come at once may both encode it, to the same bytes.
 */
final class RingChange {
    /** What a change's objects take beside its values: a heap of 64,000 changes, counted. */
    private static final int OBJECTS_BYTES = 600;

    private final AppliedWrite.Change change;
    private final ChangeEncoder encoder;
    private volatile byte @Nullable [] upsert;
    private volatile byte @Nullable [] removal;
    private volatile @Nullable Map<String, String> labelsBefore;
    private volatile @Nullable Map<String, String> labelsAfter;

    RingChange(AppliedWrite.Change change, ChangeEncoder encoder) {
        this.change = change;
        this.encoder = encoder;
    }

    /** What a reader with this selector is sent, null where it is sent nothing. */
    byte @Nullable [] seenBy(Selector selector) {
        Entry after = change.after();
        if (!selector.matchesKey(after.key(), after.kind())) {
            return null;
        }
        if (!after.deleted() && selector.matchesLabels(labelsAfter(selector))) {
            return upsert();
        }
        Entry before = change.before();
        boolean seenBefore =
                before != null && !before.deleted() && selector.matchesLabels(labelsBefore(selector, before));
        return seenBefore ? removal() : null;
    }

    /** About how much memory it holds on to: both values, and the later one a second time as it is sent. */
    int bytes() {
        return OBJECTS_BYTES + valueBytes(change.before()) + 2 * valueBytes(change.after());
    }

    private static int valueBytes(@Nullable Entry entry) {
        return entry == null || entry.value() == null
                ? 0
                : entry.value().bytes().size();
    }

    private byte[] upsert() {
        byte[] encoded = upsert;
        if (encoded == null) {
            encoded = encoder.upsert(change.after());
            upsert = encoded;
        }
        return encoded;
    }

    private byte[] removal() {
        byte[] encoded = removal;
        if (encoded == null) {
            Entry after = change.after();
            encoded = encoder.removal(after.key(), after.modRevision(), !after.deleted());
            removal = encoded;
        }
        return encoded;
    }

    private Map<String, String> labelsAfter(Selector selector) {
        if (selector.labels().isEmpty()) {
            return Map.of();
        }
        Map<String, String> labels = labelsAfter;
        if (labels == null) {
            labels = encoder.labels(change.after());
            labelsAfter = labels;
        }
        return labels;
    }

    private Map<String, String> labelsBefore(Selector selector, Entry before) {
        if (selector.labels().isEmpty()) {
            return Map.of();
        }
        Map<String, String> labels = labelsBefore;
        if (labels == null) {
            labels = encoder.labels(before);
            labelsBefore = labels;
        }
        return labels;
    }
}
