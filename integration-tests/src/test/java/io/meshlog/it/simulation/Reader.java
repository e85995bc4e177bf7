package io.meshlog.it.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.watch.ResumeToken;
import io.meshlog.meshapi.watch.Selector;
import io.meshlog.meshapi.watch.Watch;
import io.meshlog.meshapi.watch.WatchEnd;
import io.meshlog.meshapi.watch.WatchSink;
import io.meshlog.meshapi.watch.WatchSpec;
import io.meshlog.meshapi.watch.WatchSpec.Start;
import io.meshlog.schemas.v1.Change;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who reads, by one watch after another, on one replica or another; holds what it was sent and is told by which it is right. */
final class Reader implements WatchSink {
    private final World world;
    private final Selector selector;
    private final Map<String, byte[]> held = new TreeMap<>();
    private Map<String, byte[]> heldAtToken = Map.of();
    private @Nullable ResumeToken token;
    private @Nullable Watch watch;
    private @Nullable ReplicaNode node;
    private long marked = -1;
    private boolean resumed;
    /** Whether anything since the last marker came when the ring did not hold what follows it: by a snapshot or catch-up. */
    private boolean caughtUp;

    private long lastRevision;
    private long sinceMark;
    private final Set<String> delivered = new HashSet<>();
    private int credit = 2;
    private @Nullable List<byte[]> heldBack;
    private int messages;

    Reader(World world, Selector selector) {
        this.world = world;
        this.selector = selector;
        attach();
    }

    /** Goes on from its token, or begins anew, at some replica. */
    void attach() {
        detach();
        ResumeToken from = token;
        held.clear();
        begin();
        if (from != null) {
            held.putAll(heldAtToken);
            marked = from.revision();
            lastRevision = marked;
            resumed = true;
        }
        node = world.anyReplica();
        watch = node.hub.open(
                new WatchSpec(selector, from == null ? new Start.FromSnapshot() : new Start.AfterToken(from)), this);
    }

    private void begin() {
        marked = -1;
        lastRevision = 0;
        sinceMark = 0;
        resumed = false;
        caughtUp = false;
        heldBack = null;
        delivered.clear();
    }

    void detach() {
        Watch open = watch;
        if (open != null) {
            open.cancel();
        }
        watch = null;
        node = null;
    }

    boolean isAt(ReplicaNode other) {
        return node == other;
    }

    boolean isOpen() {
        return watch != null;
    }

    void take(int more) {
        credit = Math.min(10, credit + more);
        Watch open = watch;
        if (open != null) {
            open.onReady();
        }
    }

    long marked() {
        return marked;
    }

    Selector selector() {
        return selector;
    }

    @Override
    public boolean isReady() {
        return credit > 0;
    }

    @Override
    public void send(List<byte[]> changes) {
        credit--;
        messages++;
        if (world.mutation == Mutation.BOOKMARK_TOO_EARLY && messages % 20 == 0) {
            heldBack = changes;
            return;
        }
        take(changes);
        if (world.mutation == Mutation.DELIVERED_TWICE && messages % 20 == 0) {
            take(changes);
        }
        List<byte[]> late = heldBack;
        heldBack = null;
        if (late != null) {
            take(late);
        }
    }

    private void take(List<byte[]> changes) {
        Map<Long, Long> counts = new HashMap<>();
        for (byte[] bytes : changes) {
            counts.merge(take(parsed(bytes), bytes), 1L, Long::sum);
        }
        sinceMark += changes.size();
        if (!isLive()) {
            caughtUp = true;
            return;
        }
        counts.forEach((revision, count) -> {
            long whole = world.history.seen(selector, revision);
            Promise.ATOMIC.require(
                    count == whole, "%d of %d changes of revision %d in one message", count, whole, revision);
        });
    }

    /** Whether the ring holds what follows the last marker: then nothing is read from the store. */
    private boolean isLive() {
        ReplicaNode from = node;
        return marked >= 0 && from != null && from.hub.write(marked + 1) != null;
    }

    private long take(Change change, byte[] bytes) {
        boolean upsert = change.hasUpsert();
        String key = upsert ? change.getUpsert().getKey() : change.getRemoval().getKey();
        long revision =
                upsert ? change.getUpsert().getRevision() : change.getRemoval().getRevision();
        // a snapshot that goes on with a newer view may repeat what that view had already
        Promise.UNIQUE.require(delivered.add(key + "@" + revision) || !isLive(), "%s of revision %d", key, revision);
        ResourceKey resource = new ResourceKey(key);
        Promise.FILTERABLE.require(
                upsert
                        ? world.history.isSelected(selector, key, revision)
                        : selector.matchesKey(resource, resource.kind()),
                "%s of revision %d by %s",
                key,
                revision,
                selector);
        if (marked >= 0 && !resumed) {
            Promise.ORDERED.require(
                    revision > marked, "%s of revision %d after the marker of %d", key, revision, marked);
        }
        lastRevision = Math.max(lastRevision, revision);
        if (upsert) {
            held.put(key, bytes);
        } else {
            held.remove(key);
        }
        return revision;
    }

    private static Change parsed(byte[] bytes) {
        try {
            return Change.parseFrom(bytes);
        } catch (InvalidProtocolBufferException none) {
            throw new AssertionError(none);
        }
    }

    @Override
    public void synced(ResumeToken at) {
        mark(at);
    }

    @Override
    public void bookmark(ResumeToken at) {
        long decided = world.history.seen(selector, marked, at.revision());
        Promise.RELIABLE.require(
                caughtUp || sinceMark == decided,
                "%d changes between the markers %d and %d, %d were decided; resumed %s, right %s, %s, ring to %d",
                sinceMark,
                marked,
                at.revision(),
                decided,
                resumed,
                equal(held, world.history.selected(selector, at.revision())),
                selector,
                node == null ? -1 : node.hub.newest());
        mark(at);
    }

    private void mark(ResumeToken at) {
        Promise.ORDERED.require(at.revision() >= marked, "marker %d after marker %d", at.revision(), marked);
        Promise.ORDERED.require(
                lastRevision <= at.revision(), "a change of revision %d before marker %d", lastRevision, at.revision());
        Map<String, byte[]> right = world.history.selected(selector, at.revision());
        Promise wrong = resumed ? Promise.RESUMABLE : Promise.BOOKMARKABLE;
        wrong.require(
                equal(held, right),
                "at revision %d, from %d, it holds %s, right is %s; %s",
                at.revision(),
                marked,
                held.keySet(),
                right.keySet(),
                node == null ? "" : node.state());
        marked = at.revision();
        sinceMark = 0;
        caughtUp = false;
        resumed = false;
        token = at;
        heldAtToken = new TreeMap<>(held);
    }

    private static boolean equal(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(each -> Arrays.equals(each.getValue(), other.get(each.getKey())));
    }

    @Override
    public void resync(String reason) {
        held.clear();
        begin();
    }

    @Override
    public void closed(WatchEnd end) {
        watch = null;
        node = null;
        if (end.reason() == WatchEnd.Reason.INTERNAL) {
            throw new AssertionError(end);
        }
    }
}
