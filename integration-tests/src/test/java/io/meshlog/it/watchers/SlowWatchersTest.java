package io.meshlog.it.watchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.projector.FleetOnKafka;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guarantee Bounded: a slow reader costs the server little, and the others nothing. */
@Timeout(300)
final class SlowWatchersTest {
    private static final int EAGER = 900;
    private static final int STOPPED = 50;
    private static final int THROTTLED = 50;
    private static final int WATCHES_PER_CONNECTION = 30;
    private static final int NODES = 50;
    private static final long EVERY_MS = 50;
    private static final int BASELINE_CHANGES = 200;
    private static final String PADDING = "x".repeat(2_048);

    /** What HTTP/2 lets a server send ahead of a stream's reader. */
    private static final int WINDOW_BYTES = 65_535;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long MB = 1 << 20;

    /**
     * For 100 slow watches: their windows, Netty's pools of both sides, and what else of a test lives in this process. All
     * that they do not take would be twice as much.
     */
    private static final long MOST_GROWTH = 128 * MB;

    /** The stopped take nothing for a minute: who waited for them would wait for longer than any machine is busy. */
    private static final int MOST_ADDED_MS = 5_000;

    @TempDir
    Path folder;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Reader> eager = new ArrayList<>();
    /** How many deliveries took so many milliseconds; the last also counts what took longer. */
    private final AtomicLongArray latencies = new AtomicLongArray(10_000);

    private final AtomicInteger written = new AtomicInteger();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    private EmbeddedKafka broker;
    private FleetInProcess fleet;

    @BeforeEach
    void startFleet() {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("slow-watchers", broker, folder);
        fleet.cluster.say(NODES - 1);
    }

    @AfterEach
    void stopFleet() {
        writer.shutdownNow();
        channels.forEach(ManagedChannel::shutdownNow);
        fleet.close();
        broker.close();
    }

    @Test
    void aHundredSlowWatchesOfAThousandHarmNobody() throws Exception {
        for (int i = 0; i < EAGER; i += WATCHES_PER_CONNECTION) {
            ManagedChannel channel = channel(fleet.grpcPort());
            IntStream.range(0, WATCHES_PER_CONNECTION).forEach(n -> eager.add(Reader.eager(channel, this::delivered)));
        }
        awaitWatches(EAGER);
        ScheduledFuture<?> traffic = writer.scheduleAtFixedRate(this::write, 0, EVERY_MS, TimeUnit.MILLISECONDS);
        await("warm code").atMost(PATIENCE).until(() -> written.get() >= BASELINE_CHANGES);
        forgetLatencies();
        await("a baseline").atMost(PATIENCE).until(() -> written.get() >= 2 * BASELINE_CHANGES);
        int before = percentile99Ms();
        long heapBefore = heapBytes();
        long directBefore = directBytes();

        try (ThrottledWay way = new ThrottledWay(fleet.grpcPort())) {
            List<Reader> stopped = new ArrayList<>();
            List<Reader> throttled = new ArrayList<>();
            IntStream.range(0, STOPPED).forEach(n -> stopped.add(Reader.stopped(channel(fleet.grpcPort()))));
            IntStream.range(0, THROTTLED).forEach(n -> throttled.add(Reader.eager(channel(way.port()), nanos -> {})));
            awaitWatches(EAGER + STOPPED + THROTTLED);
            forgetLatencies();
            int writtenBefore = written.get();

            await("the stopped watches' end").atMost(PATIENCE).until(() -> watches() <= EAGER + THROTTLED);
            int during = percentile99Ms();
            traffic.cancel(false);
            int changes = written.get() - writtenBefore;
            long grown = heapBytes() - heapBefore;
            long grownDirect = directBytes() - directBefore;
            System.out.printf(
                    "%d changes; p99 %d ms with %d watches, %d ms with %d slow ones more; heap %+d MB, direct memory %+d MB%n",
                    changes, before, EAGER, during, STOPPED + THROTTLED, grown / MB, grownDirect / MB);

            assertThat(during).as("p99 ms of the others").isLessThan(2 * before + MOST_ADDED_MS);
            assertThat(grown).as("bytes more on the heap").isLessThan(MOST_GROWTH);
            assertThat(grownDirect).as("bytes more of direct memory").isLessThan(MOST_GROWTH);
            assertCutAndResumable(stopped);
            assertConflated(throttled, changes);
            way.widen();
            List<Reader> all = new ArrayList<>(eager);
            all.addAll(stopped);
            all.addAll(throttled);
            assertAllHoldTheSame(all);
        }
    }

    /** The next node gets other annotations. */
    private void write() {
        int number = written.getAndIncrement();
        fleet.cluster.change(
                number % NODES, Map.of(Reader.SAID_AT, Long.toString(System.nanoTime()), "number", number + PADDING));
    }

    private void assertCutAndResumable(List<Reader> stopped) {
        stopped.forEach(Reader::drain);
        await("words for the stopped")
                .atMost(PATIENCE)
                .until(() -> stopped.stream().allMatch(reader -> reader.end() != null));
        assertThat(stopped).allSatisfy(reader -> {
            assertThat(reader.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(reader.end().getDescription()).contains("took nothing for");
            assertThat(reader.canResume()).isTrue();
        });
        ManagedChannel channel = channel(fleet.grpcPort());
        stopped.forEach(reader -> reader.resume(channel));
    }

    private static void assertConflated(List<Reader> throttled, int changes) {
        assertThat(throttled).allSatisfy(reader -> {
            assertThat(reader.end()).isNull();
            assertThat(reader.changes()).isLessThan(changes);
        });
    }

    private void assertAllHoldTheSame(List<Reader> all) {
        await("the last change of every node on every watch")
                .atMost(PATIENCE)
                .until(() -> all.stream().map(Reader::held).distinct().count() == 1);
        assertThat(all.getFirst().held()).hasSize(NODES);
        assertThat(all).noneMatch(Reader::overtaken);
    }

    private ManagedChannel channel(int port) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .flowControlWindow(WINDOW_BYTES)
                .usePlaintext()
                .build();
        channels.add(channel);
        return channel;
    }

    /** Open watches but the fleet's own. */
    private long watches() {
        return fleet.status().getReplica().getWatches() - 1;
    }

    private void awaitWatches(int count) {
        await("%d watches".formatted(count)).atMost(PATIENCE).until(() -> watches() == count);
    }

    private void delivered(long nanos) {
        latencies.incrementAndGet((int) Math.min(TimeUnit.NANOSECONDS.toMillis(nanos), latencies.length() - 1));
    }

    private void forgetLatencies() {
        IntStream.range(0, latencies.length()).forEach(ms -> latencies.set(ms, 0));
    }

    private int percentile99Ms() {
        long all =
                IntStream.range(0, latencies.length()).mapToLong(latencies::get).sum();
        long passed = 0;
        int ms = -1;
        while (passed < all * 0.99) {
            passed += latencies.get(++ms);
        }
        return ms;
    }

    /** What Netty holds for both sides. */
    private static long directBytes() {
        return PlatformDependent.usedDirectMemory();
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
