package io.meshlog.meshapi.etcd.watch;

import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.View;

/**
 * What a watch wants to see. Watches of one interest are sent the same bytes.
 *
 * @param puts whether it wants them
 * @param deletes whether it wants them
 * @param previous whether each event is to say what was there before
 */
record Interest(View view, KeyRange range, boolean puts, boolean deletes, boolean previous) {
    boolean wants(ViewEvent event) {
        return (event.isDelete() ? deletes : puts) && range.contains(event.key());
    }
}
