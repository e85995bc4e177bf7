package io.meshlog.bench.takeover;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One cluster that says something at a steady rate, and a reader of what is decided, which measures the pauses between
 * deliveries and counts what should not be: doubled, lost or reordered decisions, a revision that is not the next.
 *
 * <p>Two threads; the numbers may be read by any.
 */
final class Flow implements AutoCloseable {
    private static final String CLUSTER = "bench";
    private static final String WRITER = "writer";
    private static final int KEYS = 1_000;
    private static final Duration POLL = Duration.ofMillis(50);

    private final EventLogWriter writer;
    private final ChangelogReader reader;
    private final ValueCodec values = new ValueCodec();
    private final AtomicLong said = new AtomicLong();
    private final AtomicLong failedAppends = new AtomicLong();
    private volatile boolean closed;
    private volatile boolean founded;
    private volatile long decided;
    private volatile long lastDeliveryNanos;
    private volatile long longestPauseNanos;
    private final AtomicLong doubled = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong wrongRevisions = new AtomicLong();
    private long revision;
    private @Nullable Thread saying;
    private final Thread reading;

    Flow(EventLogWriter writer, ChangelogReader reader) {
        this.writer = writer;
        this.reader = reader;
        this.reading = Thread.ofPlatform().name("reader").start(this::read);
    }

    boolean founded() {
        return founded;
    }

    /** Admits the cluster and begins to say things; after the founding. */
    void begin(int perSecond) {
        say("operator", null, 1, 0, new Statement.OpenSession(UUID.randomUUID()));
        say("operator", null, 1, 1, new Statement.Admit(new Cluster(CLUSTER, 1, List.of(), List.of(), 0)));
        say(WRITER, CLUSTER, 1, 0, new Statement.OpenSession(UUID.randomUUID()));
        saying = Thread.ofPlatform().name("writer").start(() -> {
            long periodNanos = 1_000_000_000L / perSecond;
            long nextNanos = System.nanoTime();
            while (!closed) {
                long sequence = said.incrementAndGet();
                say(WRITER, CLUSTER, 1, sequence, upsert(sequence));
                nextNanos += periodNanos;
                LockSupport.parkNanos(nextNanos - System.nanoTime());
            }
        });
    }

    private static Statement upsert(long sequence) {
        Opaque resource = new Opaque(bytes("key-" + sequence % KEYS), bytes("value-" + sequence));
        return new Statement.Upsert(resource.keyIn(CLUSTER), Value.of(resource));
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void say(String name, @Nullable String cluster, long epoch, long sequence, Statement statement) {
        Sender sender = new Sender(cluster, "bench", "", name, epoch, sequence);
        writer.append(new MeshEvent(UUID.randomUUID(), sender, OptionalLong.empty(), statement))
                .whenComplete((offset, failed) -> {
                    if (failed != null) {
                        failedAppends.incrementAndGet();
                    }
                });
    }

    private void read() {
        reader.seek(0);
        ResourceKey own = ResourceKey.session(CLUSTER, WRITER);
        while (!closed) {
            for (ChangeRecord record : reader.poll(POLL)) {
                FleetChange change = record.change();
                if (change != null) {
                    check(change);
                    if (change.key().equals(own) && change.op() == FleetChange.Op.TRACE) {
                        deliver((Session) values.decode(Objects.requireNonNull(change.value()))
                                .resource());
                    }
                }
            }
        }
    }

    private void check(FleetChange change) {
        if (change.key().equals(ResourceKey.FLEET)) {
            founded = true;
        }
        if (change.isWrite() && change.index() == 0) {
            if (change.revision() != revision + 1) {
                wrongRevisions.incrementAndGet();
            }
            revision = change.revision();
        }
    }

    private void deliver(Session session) {
        long now = System.nanoTime();
        long sequence = session.sequence();
        if (sequence == 0) {
            return;
        }
        if (sequence <= decided) {
            doubled.incrementAndGet();
        } else {
            lost.addAndGet(sequence - decided - 1);
            decided = sequence;
        }
        if (lastDeliveryNanos != 0) {
            longestPauseNanos = Math.max(longestPauseNanos, now - lastDeliveryNanos);
        }
        lastDeliveryNanos = now;
    }

    /** Measures anew. */
    void forgetPauses() {
        longestPauseNanos = 0;
    }

    /** The longest since {@link #forgetPauses}, the one that goes on included. */
    long longestPauseMs() {
        return Math.max(longestPauseNanos, System.nanoTime() - lastDeliveryNanos) / 1_000_000;
    }

    long said() {
        return said.get();
    }

    /** All up to it are delivered, but for those lost. */
    long decided() {
        return decided;
    }

    String verdict() {
        return "%d said, %d decided, %d failed appends, %d doubled or out of order, %d lost, %d wrong revisions"
                .formatted(said(), decided, failedAppends.get(), doubled.get(), lost.get(), wrongRevisions.get());
    }

    @Override
    public void close() {
        closed = true;
        try {
            reading.join();
            if (saying != null) {
                saying.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        reader.close();
        writer.close();
    }
}
