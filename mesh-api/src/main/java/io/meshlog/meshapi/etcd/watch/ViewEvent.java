package io.meshlog.meshapi.etcd.watch;

import com.google.protobuf.CodedOutputStream;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.Event.EventType;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.WatchResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A change as a view sees it under one key. It is encoded when the first watch needs it, and then shared; two
 * threads that come at once may both do so, with the same result.
 */
final class ViewEvent {
    private final KeyValues values;
    private final KeyPlace place;
    private final @Nullable Entry before;
    private final Entry after;
    private volatile byte @Nullable [] field;

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

    /** The event as a field of a {@code WatchResponse}; not to be written to. */
    byte[] field(boolean withPrevious) {
        KeyValue previous = withPrevious ? values.ofLive(place, before) : null;
        if (previous != null) {
            return field(encode().setPrevKv(previous));
        }
        byte[] shared = field;
        if (shared == null) {
            shared = field(encode());
            field = shared;
        }
        return shared;
    }

    private static byte[] field(Event.Builder event) {
        Event built = event.build();
        byte[] field = new byte[CodedOutputStream.computeMessageSize(WatchResponse.EVENTS_FIELD_NUMBER, built)];
        CodedOutputStream out = CodedOutputStream.newInstance(field);
        try {
            out.writeMessage(WatchResponse.EVENTS_FIELD_NUMBER, built);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return field;
    }

    private Event.Builder encode() {
        if (after.deleted()) {
            return Event.newBuilder()
                    .setType(EventType.DELETE)
                    .setKv(KeyValue.newBuilder()
                            .setKey(KeyRange.bytes(place.key()))
                            .setModRevision(after.modRevision()));
        }
        return Event.newBuilder().setKv(values.of(place, after));
    }
}
