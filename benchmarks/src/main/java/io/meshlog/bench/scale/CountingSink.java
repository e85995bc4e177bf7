package io.meshlog.bench.scale;

import io.meshlog.meshapi.watch.ResumeToken;
import io.meshlog.meshapi.watch.WatchEnd;
import io.meshlog.meshapi.watch.WatchSink;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A reader that is always ready, and only counts. */
final class CountingSink implements WatchSink {
    final CountDownLatch synced = new CountDownLatch(1);
    final AtomicLong changes = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void send(List<byte[]> sent) {
        long sum = 0;
        for (byte[] change : sent) {
            sum += change.length;
        }
        bytes.addAndGet(sum);
        changes.addAndGet(sent.size());
    }

    @Override
    public void synced(ResumeToken token) {
        synced.countDown();
    }

    @Override
    public void bookmark(ResumeToken token) {
        // counted is what is sent
    }

    @Override
    public void resync(String reason) {
        throw new IllegalStateException("nothing here makes a reader begin anew: " + reason);
    }

    @Override
    public void closed(WatchEnd end) {
        synced.countDown();
    }
}
