package io.meshlog.meshapi.etcd.watch;

import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.etcd.keys.KeyPlace;
import io.meshlog.meshapi.etcd.keys.KeyRange;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.Event.EventType;
import io.meshlog.schemas.etcd.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * A change as a view sees it under one key. It is put into etcd's form when the first watch needs it, and then shared; two
 * threads that come at once may both do so, with the same result.
 */
final class ViewEvent {
    private final KeyValues values;
    private final KeyPlace place;
    private final @Nullable Entry before;
    private final Entry after;
    private volatile @Nullable Event event;

    /** @param before null where it is not known, or there was nothing */
    ViewEvent(KeyValues values, KeyPlace place, @Nullable Entry before, Entry after) {
        this.values = values;
        this.place = place;
        this.before = before;
        this.after = after;
    }

    String key() {
        return place.key();
    }

    boolean isDelete() {
        return after.deleted();
    }

    /** About its size on the wire, in bytes. */
    int bytes() {
        return 64
                + place.key().length()
                + (after.value() == null ? 0 : after.value().bytes().size());
    }

    Event event(boolean withPrevious) {
        Event shared = event;
        if (shared == null) {
            shared = encode();
            event = shared;
        }
        KeyValue previous = withPrevious ? values.ofLive(place, before) : null;
        return previous == null
                ? shared
                : shared.toBuilder().setPrevKv(previous).build();
    }

    private Event encode() {
        if (after.deleted()) {
            return Event.newBuilder()
                    .setType(EventType.DELETE)
                    .setKv(KeyValue.newBuilder()
                            .setKey(KeyRange.bytes(place.key()))
                            .setModRevision(after.modRevision()))
                    .build();
        }
        return Event.newBuilder().setKv(values.of(place, after)).build();
    }
}
