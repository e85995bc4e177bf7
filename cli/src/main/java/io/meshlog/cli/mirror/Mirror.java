package io.meshlog.cli.mirror;

import com.google.protobuf.ByteString;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.publisher.source.etcd.client.EtcdConnection;
import io.meshlog.publisher.source.etcd.client.EtcdDialer;
import io.meshlog.publisher.source.etcd.client.EtcdException;
import io.meshlog.publisher.source.etcd.client.KeyPages;
import io.meshlog.publisher.source.etcd.client.WatchCall;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.ResponseHeader;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the keys of a scope in one etcd as they are in another, a Meshlog's face.
 *
 * <p>It begins with a pass: both sides are read page by page in the order of keys, and what differs is written or deleted.
 * Then it follows watches from the pass's revision on. A later run goes on where the record in the filled etcd says, and
 * passes again where it cannot: the source is another one, or what came between is compacted. While a side is away it waits
 * and tries again; nothing is deleted because the source is silent.
 *
 * <p>For one thread, which is interrupted to end it.
 */
final class Mirror {
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();
    private static final long LONG_TIME_MS = 60_000;

    /** Told how it goes. */
    interface Listener {
        /** So many keys were looked at in this pass. */
        void onPassing(long keys);

        void onPassed(Pass pass);

        /** It goes on after what an earlier run wrote. */
        void onResumed(List<Long> next);

        /** What is wrong, in words; the empty text when all is well again. */
        void onProblem(String problem);
    }

    /**
     * What a pass did.
     *
     * @param revision the source's, at which both are equal after it
     * @param keys the source's
     */
    record Pass(long revision, long keys, long written, long deleted) {}

    private final EtcdDialer source;
    private final EtcdDialer target;
    private final MirrorScope scope;
    private final List<KeyRange> ranges;
    private final Listener listener;
    private final String writer = UUID.randomUUID().toString();
    private boolean mine;
    private String problem = "";

    Mirror(EtcdDialer source, EtcdDialer target, MirrorScope scope, Listener listener) {
        this.source = source;
        this.target = target;
        this.scope = scope;
        this.ranges = scope.ranges();
        this.listener = listener;
    }

    /**
     * One pass.
     *
     * @param replaces whether keys may be deleted that no mirror wrote
     * @throws EtcdException if a side does not answer
     */
    void once(boolean replaces) {
        try (EtcdConnection from = source.connect();
                EtcdConnection to = target.connect()) {
            pass(from, claim(to, replaces));
        }
    }

    /**
     * Passes and follows until the thread is interrupted.
     *
     * @param passes whether to begin with a pass in any case
     * @throws EtcdException if a side refuses
     */
    void follow(boolean replaces, boolean passes) {
        boolean anew = passes;
        while (!Thread.currentThread().isInterrupted()) {
            try (EtcdConnection from = source.connect();
                    EtcdConnection to = target.connect()) {
                MirrorTarget filled = claim(to, replaces);
                long[] next = anew ? null : resumed(from, filled);
                next = next == null ? pass(from, filled) : next;
                anew = false;
                source.answered();
                target.answered();
                say("");
                follow(from, filled, next);
            } catch (EtcdException failed) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                if (failed.code() == EtcdException.Code.REFUSED) {
                    throw failed;
                }
                anew |= failed.code() == EtcdException.Code.COMPACTED;
                say(String.valueOf(failed.getMessage()));
            } catch (InterruptedException ended) {
                return;
            }
            try {
                source.pause();
            } catch (InterruptedException ended) {
                return;
            }
        }
    }

    private void say(String present) {
        if (!present.equals(problem)) {
            problem = present;
            listener.onProblem(present);
        }
    }

    /** Makes the record this mirror's, so that no other one goes on. */
    private MirrorTarget claim(EtcdConnection to, boolean replaces) {
        MirrorTarget filled = new MirrorTarget(to, scope.recordKey());
        MirrorRecord left = filled.record();
        if (mine && (left == null || !left.writer().equals(writer))) {
            throw new CliException(
                    ExitCode.ERROR, "%s: another mirror has begun to write this etcd".formatted(to.endpoint()));
        }
        if (left == null && !replaces) {
            refuseStrangers(filled);
        }
        filled.commit(left == null ? new MirrorRecord(writer, 0, List.of()) : left.by(writer));
        mine = true;
        return filled;
    }

    private void refuseStrangers(MirrorTarget filled) {
        long strangers = ranges.stream().mapToLong(filled::count).sum();
        if (strangers > 0) {
            throw new CliException(
                    ExitCode.ERROR,
                    "%s: holds %d keys of %s that no mirror wrote"
                            .formatted(filled.etcd().endpoint(), strangers, scope.name()),
                    "Is it the etcd of a running clustermesh-apiserver? Its keys would be replaced, and come again.",
                    "If they are to be replaced by what Meshlog holds:  --replace");
        }
    }

    /** Of each range the first revision that is still needed; null where only a pass helps. */
    private long @Nullable [] resumed(EtcdConnection from, MirrorTarget filled) {
        MirrorRecord left = filled.record();
        if (left == null || left.next().size() != ranges.size()) {
            return null;
        }
        ResponseHeader header = new KeyPages(from, ranges.get(1), OptionalLong.empty()).header();
        long[] next = left.next().stream().mapToLong(Long::longValue).toArray();
        long seen = Arrays.stream(next).max().orElse(0) - 1;
        if (header.getClusterId() != left.source() || header.getRevision() < seen) {
            return null;
        }
        listener.onResumed(left.next());
        return next;
    }

    /** Makes both sides equal; answers of each range the first revision that comes after. */
    private long[] pass(EtcdConnection from, MirrorTarget filled) {
        ResponseHeader header = new KeyPages(from, ranges.get(1), OptionalLong.empty()).header();
        requireScope(from);
        filled.commit(new MirrorRecord(writer, header.getClusterId(), List.of()));
        long revision = header.getRevision();
        Counts counts = new Counts();
        for (KeyRange range : ranges) {
            Iterator<KeyValue> all = new KeyPages(from, range, OptionalLong.of(revision));
            Iterator<KeyValue> held = new KeyPages(filled.etcd(), range, OptionalLong.empty());
            passRange(all, held, filled, counts);
            if (filled.isFull()) {
                filled.commit(new MirrorRecord(writer, header.getClusterId(), List.of()));
            }
        }
        long[] next = new long[ranges.size()];
        Arrays.fill(next, revision + 1);
        filled.commit(MirrorRecord.of(writer, header.getClusterId(), next));
        listener.onPassed(new Pass(revision, counts.keys, counts.written, counts.deleted));
        return next;
    }

    private static final class Counts {
        private long keys;
        private long written;
        private long deleted;
    }

    /** One range of both, in the order of keys. */
    private void passRange(Iterator<KeyValue> all, Iterator<KeyValue> held, MirrorTarget filled, Counts counts) {
        KeyValue here = next(all);
        KeyValue there = held.hasNext() ? held.next() : null;
        while (here != null || there != null) {
            int order = here == null ? 1 : there == null ? -1 : ORDER.compare(here.getKey(), there.getKey());
            if (order > 0 && there != null) {
                filled.delete(there.getKey());
                counts.deleted++;
            } else if (here != null) {
                counts.keys++;
                if (there == null || order < 0 || !here.getValue().equals(there.getValue())) {
                    filled.put(here);
                    counts.written++;
                }
            }
            if (order >= 0) {
                there = held.hasNext() ? held.next() : null;
            }
            if (order <= 0) {
                here = next(all);
            }
            if (filled.isFull()) {
                filled.commit(unfinished(filled));
                listener.onPassing(counts.keys);
            }
        }
    }

    private static MirrorRecord unfinished(MirrorTarget filled) {
        MirrorRecord last = filled.record();
        if (last == null) {
            throw new IllegalStateException("a pass begins with a record");
        }
        return last;
    }

    /** The next key that belongs to the scope. */
    private @Nullable KeyValue next(Iterator<KeyValue> all) {
        while (all.hasNext()) {
            KeyValue next = all.next();
            if (scope.holds(next)) {
                return next;
            }
        }
        return null;
    }

    /** A cluster's own keys are shown to its own certificate, or by a server that is configured to. */
    private void requireScope(EtcdConnection from) {
        String cluster = scope.cluster();
        if (cluster == null) {
            return;
        }
        KeyPages config = new KeyPages(from, ranges.get(1), OptionalLong.empty());
        if (!config.hasNext()) {
            throw new CliException(
                    ExitCode.ERROR,
                    "%s: knows no cluster %s, or nothing of it yet".formatted(from.endpoint(), cluster));
        }
        if (MirrorScope.isCopy(cluster, config.next().getValue().toByteArray())) {
            throw new CliException(
                    ExitCode.DENIED,
                    "%s: shows you cilium/cache of %s, not its cilium/state".formatted(from.endpoint(), cluster),
                    "Use a certificate of the cluster, or a server whose etcd.cluster is " + cluster);
        }
    }

    private void follow(EtcdConnection from, MirrorTarget filled, long[] next) throws InterruptedException {
        try (WatchCall watch = from.watch(ranges, next)) {
            while (!Thread.currentThread().isInterrupted()) {
                WatchResponse message = watch.next(LONG_TIME_MS);
                boolean gathered = false;
                while (message != null) {
                    gathered |= hear(message, filled, next);
                    message = filled.isFull() ? null : watch.next(0);
                }
                if (gathered) {
                    filled.commit(MirrorRecord.of(writer, unfinished(filled).source(), next));
                }
            }
        }
    }

    /** Gathers what a message tells; whether that was anything. A message holds all that happened at its revisions. */
    private boolean hear(WatchResponse message, MirrorTarget filled, long[] next) {
        int range = Math.toIntExact(message.getWatchId());
        int events = message.getEventsCount();
        if (events == 0) {
            if (!message.getCreated()) {
                next[range] = Math.max(next[range], message.getHeader().getRevision() + 1);
            }
            return false;
        }
        for (Event event : message.getEventsList()) {
            if (filled.isFull()) {
                filled.commit(unfinished(filled));
            }
            KeyValue at = event.getKv();
            if (event.getType() == Event.EventType.PUT && scope.holds(at)) {
                filled.put(at);
            } else {
                filled.delete(at.getKey());
            }
        }
        next[range] = message.getEvents(events - 1).getKv().getModRevision() + 1;
        return true;
    }
}
