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

/**
 * Who reads, by one watch after another, at one replica or another, and checks all that comes against the history. Takes as
 * many messages as it has credit for.
 */
final class Reader implements WatchSink {
    private static final int MOST_CREDIT = 10;

    private final World world;
    private final Selector selector;
    private final Map<String, byte[]> held = new TreeMap<>();
    private final Set<String> delivered = new HashSet<>();
    private Map<String, byte[]> heldAtToken = Map.of();
    private @Nullable ResumeToken token;
    private @Nullable Watch watch;
    private @Nullable ReplicaNode node;
    private int credit = 2;
    /** The revision of the last marker, or of the token it went on from; -1 before both. */
    private long marked;

    private long newest;
    private long sinceMark;
    private boolean resumed;
    /** Whether anything since the last marker may have come from the store: a snapshot or catch-up. */
    private boolean caughtUp;

    Reader(World world, Selector selector) {
        this.world = world;
        this.selector = selector;
        attach();
    }

    /** Goes on from its token, or begins anew, at some replica. */
    void attach() {
        detach();
        begin();
        Start start = new Start.FromSnapshot();
        ResumeToken from = token;
        if (from != null) {
            held.putAll(heldAtToken);
            marked = from.revision();
            newest = marked;
            resumed = true;
            long asked = world.mutation == Mutation.TOKEN_TOO_FAR ? marked + 1 : marked;
            start = new Start.AfterToken(new ResumeToken(from.logId(), asked));
        }
        Selector wanted = world.mutation == Mutation.NOT_SELECTED ? Selector.ALL : selector;
        WatchSink way = world.mutation == Mutation.NONE ? this : new FaultySink(this, world.mutation);
        ReplicaNode replica = world.anyReplica();
        node = replica;
        watch = replica.hub.open(new WatchSpec(wanted, start), way);
    }

    private void begin() {
        held.clear();
        delivered.clear();
        marked = -1;
        newest = 0;
        sinceMark = 0;
        resumed = false;
        caughtUp = false;
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

    /** Takes that many messages more. */
    void grant(int more) {
        credit = Math.min(MOST_CREDIT, credit + more);
        Watch open = watch;
        if (open != null) {
            open.onReady();
        }
    }

    long marked() {
        return marked;
    }

    @Override
    public boolean isReady() {
        return credit > 0;
    }

    @Override
    public void send(List<byte[]> changes) {
        credit--;
        boolean live = isLive();
        Map<Long, Long> counts = new HashMap<>();
        for (byte[] bytes : changes) {
            counts.merge(receive(bytes, live), 1L, Long::sum);
        }
        sinceMark += changes.size();
        caughtUp |= !live;
        if (live) {
            counts.forEach((revision, count) -> {
                long whole = world.history.seen(selector, revision);
                Promise.ATOMIC.require(
                        count == whole, "%d of %d changes of revision %d in one message", count, whole, revision);
            });
        } else if (marked >= 0) {
            world.met(Situation.READER_CAUGHT_UP);
        }
    }

    /** Whether the ring holds what follows the last marker: then nothing is read from the store. */
    private boolean isLive() {
        ReplicaNode from = node;
        return marked >= 0 && from != null && from.hub.write(marked + 1) != null;
    }

    /** Returns the change's revision. */
    private long receive(byte[] bytes, boolean live) {
        Change change = parsed(bytes);
        boolean upsert = change.hasUpsert();
        String key = upsert ? change.getUpsert().getKey() : change.getRemoval().getKey();
        long revision =
                upsert ? change.getUpsert().getRevision() : change.getRemoval().getRevision();
        ResourceKey resource = new ResourceKey(key);
        // a reading that goes on with a newer view of the store may repeat what that view had already; it also removes
        // what the reader may never have had
        Promise.UNIQUE.require(delivered.add(key + "@" + revision) || !live, "%s of revision %d", key, revision);
        Promise.FILTERABLE.require(
                upsert
                        ? world.history.isSelected(selector, key, revision)
                        : selector.matchesKey(resource, resource.kind()),
                "%s of revision %d by %s",
                key,
                revision,
                selector);
        Promise.ORDERED.require(
                !live || revision > marked && revision >= newest,
                "%s of revision %d after revision %d and the marker of %d",
                key,
                revision,
                newest,
                marked);
        newest = Math.max(newest, revision);
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
        long from = marked;
        long sent = sinceMark;
        boolean live = !caughtUp;
        mark(at);
        long decided = world.history.seen(selector, from, at.revision());
        Promise.RELIABLE.require(
                !live || sent == decided,
                "%d changes between the markers %d and %d, %d were decided",
                sent,
                from,
                at.revision(),
                decided);
    }

    private void mark(ResumeToken at) {
        Promise.ORDERED.require(at.revision() >= marked, "marker %d after marker %d", at.revision(), marked);
        Promise.ORDERED.require(
                newest <= at.revision(), "a change of revision %d before marker %d", newest, at.revision());
        Map<String, byte[]> right = world.history.selected(selector, at.revision());
        Promise wrong = resumed ? Promise.RESUMABLE : Promise.BOOKMARKABLE;
        wrong.require(
                equal(held, right),
                "at revision %d, from %d on, it holds %s, right is %s",
                at.revision(),
                marked,
                held.keySet(),
                right.keySet());
        if (resumed) {
            world.met(Situation.READER_RESUMED);
        }
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
        world.met(Situation.READER_BEGAN_ANEW);
        begin();
    }

    @Override
    public void closed(WatchEnd end) {
        watch = null;
        node = null;
        switch (end.reason()) {
            case BEHIND -> world.met(Situation.READER_AHEAD_OF_REPLICA);
            case INTERNAL, STALLED, TOO_MANY, REPLICA_STOPPING -> throw new AssertionError(end);
        }
    }
}
