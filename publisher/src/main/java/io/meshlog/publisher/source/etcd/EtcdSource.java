package io.meshlog.publisher.source.etcd;

import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.publisher.source.ResourceChange;
import io.meshlog.publisher.source.Source;
import io.meshlog.publisher.source.SourceListener;
import io.meshlog.publisher.source.SourceThread;
import io.meshlog.publisher.source.etcd.client.EtcdConnection;
import io.meshlog.publisher.source.etcd.client.EtcdDialer;
import io.meshlog.publisher.source.etcd.client.EtcdException;
import io.meshlog.publisher.source.etcd.client.KeyPages;
import io.meshlog.publisher.source.etcd.client.WatchCall;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.ResponseHeader;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources of a cluster as the etcd of its clustermesh-apiserver holds them, before that is replaced.
 *
 * <p>All keys are listed at one revision, page by page, and watched from the next one on. It is listed again where the watch
 * cannot go on: what came between was compacted, or the etcd is another one (its cluster id differs, or its revision is
 * before what was seen). A list counts only when the etcd is filled ({@link Fill}); until then, and while no endpoint
 * answers, everything stays as it was told. A key whose lease ended is a deletion like any other.
 *
 * <p>Bound: while it lists, the keys of the cluster; while it watches, {@link WatchCall}'s window. A slow listener holds the
 * stream up.
 */
public final class EtcdSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdSource.class);
    private static final long LONG_TIME_MS = 60_000;

    private final EtcdDialer dialer;
    private final ClusterKeys keys;
    private final Fill fill;
    private final List<KeyRange> ranges;
    /** Of each range the first revision that is still needed; 0 for a list. */
    private final long[] next;

    private long etcdId;
    private boolean filled;
    private final SourceThread thread = new SourceThread("etcd-source");
    private List<String> problems = List.of();

    /**
     * @param dialer of the etcd, for this source alone
     * @param cluster whose keys are published; those of others are refused
     * @param clusterId what the etcd has to say of the cluster, too
     */
    public EtcdSource(EtcdDialer dialer, String cluster, int clusterId) {
        this.dialer = dialer;
        this.keys = new ClusterKeys(cluster, clusterId);
        this.fill = new Fill(cluster);
        this.ranges =
                Stream.concat(keys.ranges().stream(), Stream.of(fill.range())).toList();
        this.next = new long[ranges.size()];
    }

    @Override
    public void start(SourceListener listener) {
        thread.start(() -> run(listener));
    }

    @Override
    public void close() {
        thread.close();
    }

    private void run(SourceListener listener) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try (EtcdConnection etcd = dialer.connect()) {
                    follow(etcd, listener);
                } catch (EtcdException failed) {
                    if (failed.code() == EtcdException.Code.COMPACTED) {
                        LOG.info("{}; all keys are listed again", failed.getMessage());
                        forget();
                    } else if (!Thread.currentThread().isInterrupted()) {
                        problem(listener, String.valueOf(failed.getMessage()));
                    }
                }
                dialer.pause();
            }
        } catch (InterruptedException closing) {
            LOG.debug("no longer followed");
        } catch (RuntimeException fault) {
            LOG.error("the etcd can no longer be followed; what was said stays", fault);
            listener.onProblems(List.of("the etcd can no longer be followed: " + fault));
        }
    }

    private void forget() {
        Arrays.fill(next, 0);
    }

    private void follow(EtcdConnection etcd, SourceListener listener) throws InterruptedException {
        recognize(new KeyPages(etcd, ranges.get(1), OptionalLong.empty()).header(), etcd.endpoint());
        dialer.answered();
        if (next[0] == 0) {
            list(etcd, listener);
        } else if (filled) {
            problem(listener, "");
        }
        try (WatchCall watch = etcd.watch(ranges, next)) {
            while (next[0] != 0) {
                WatchResponse message = watch.next(LONG_TIME_MS);
                if (message != null) {
                    hear(message, listener);
                }
            }
        }
    }

    /** Whether it is the etcd that was listed, and not behind what was seen of it. */
    private void recognize(ResponseHeader header, String endpoint) {
        long seen = Arrays.stream(next).max().orElse(0) - 1;
        if (next[0] != 0 && (header.getClusterId() != etcdId || header.getRevision() < seen)) {
            LOG.warn(
                    "{}: etcd {} at revision {} is not etcd {} at {} any more; all keys are listed again",
                    endpoint,
                    Long.toHexString(header.getClusterId()),
                    header.getRevision(),
                    Long.toHexString(etcdId),
                    seen);
            forget();
        }
        etcdId = header.getClusterId();
    }

    private void list(EtcdConnection etcd, SourceListener listener) {
        List<KeyValue> all = new ArrayList<>();
        long revision = 0;
        for (KeyRange range : ranges) {
            KeyPages pages =
                    new KeyPages(etcd, range, revision == 0 ? OptionalLong.empty() : OptionalLong.of(revision));
            revision = revision == 0 ? pages.header().getRevision() : revision;
            pages.forEachRemaining(all::add);
        }
        Arrays.fill(next, revision + 1);
        String missing = fill.missing(all);
        filled = missing.isEmpty();
        if (filled) {
            listener.onResources(keys.replace(declaring(all)));
        }
        problem(listener, filled ? "" : "%s: %s; nothing is told until it is".formatted(etcd.endpoint(), missing));
    }

    private static List<KeyValue> declaring(List<KeyValue> all) {
        return all.stream()
                .filter(each -> !KeyRange.text(each.getKey()).startsWith(Fill.SYNCED))
                .toList();
    }

    private void hear(WatchResponse message, SourceListener listener) {
        int range = Math.toIntExact(message.getWatchId());
        int events = message.getEventsCount();
        if (events == 0) {
            // a progress message; the answer to a watch's creation promises nothing
            if (!message.getCreated()) {
                next[range] = Math.max(next[range], message.getHeader().getRevision() + 1);
            }
            return;
        }
        next[range] = message.getEvents(events - 1).getKv().getModRevision() + 1;
        if (!filled) {
            if (range > 0) {
                forget();
            }
            return;
        }
        if (ranges.get(range).equals(fill.range())) {
            return;
        }
        List<ResourceChange> changes = keys.apply(message.getEventsList());
        if (!changes.isEmpty()) {
            listener.onResourceChanges(changes);
        }
        problem(listener, "");
    }

    /** Says what is wrong where that has changed. */
    private void problem(SourceListener listener, String present) {
        List<String> now = Stream.concat(Stream.of(present).filter(text -> !text.isEmpty()), keys.refused().stream())
                .toList();
        if (!now.equals(problems)) {
            problems = now;
            listener.onProblems(now);
        }
    }
}
