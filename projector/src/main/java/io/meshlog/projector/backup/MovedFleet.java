package io.meshlog.projector.backup;

import io.meshlog.events.checkpoint.CheckpointFile;
import io.meshlog.events.checkpoint.CheckpointTopicWriter;
import io.meshlog.events.checkpoint.LoggedEvent;
import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.log.ChangelogRecords;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.WireHeaders;
import io.meshlog.projector.checkpoint.FrozenState;
import io.meshlog.projector.checkpoint.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A fleet on its way from a file into empty topics: first its state, as the changelog in the order of revisions; then its
 * events; its checkpoint last. For one thread.
 */
final class MovedFleet implements CheckpointFile.Taker, AutoCloseable {
    /** Who says the refounding. */
    private static final String WRITER = "restore";

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int REVISION_KEY_BYTES = Long.BYTES + 1 + Integer.BYTES + Long.BYTES;

    private final KafkaConnection kafka;
    private final Topics topics;
    private final Checkpoint from;
    private final Registered ids;
    private final Rebase rebase;
    private final FrozenState byKey;
    private final Scratch byRevision;
    private final LogProducer producer;
    private final ChangeCodec changes = new ChangeCodec();
    private final ChangelogRecords records = new ChangelogRecords();
    private final EventCodec codec = new EventCodec();
    private final long began = System.nanoTime();

    private @Nullable Digest digest;
    private long entries;
    private long events;
    private long lastEpoch;
    private boolean stateWritten;

    /** @param folder empty, for what does not fit into memory; it is left empty */
    MovedFleet(KafkaConnection kafka, Topics topics, Checkpoint from, Registered ids, Path folder) throws IOException {
        this.kafka = kafka;
        this.topics = topics;
        this.from = from;
        this.ids = ids;
        this.rebase = new Rebase(from.eventOffset() + 1);
        this.byKey = new FrozenState(folder.resolve("keys"));
        this.byRevision = new Scratch(folder.resolve("revisions"));
        this.producer = new LogProducer(kafka);
    }

    @Override
    public void part(CheckpointPart part) throws IOException {
        for (FleetChange change : part.entries()) {
            FleetChange moved = rebase.entry(change);
            byKey.put(moved);
            byte[] datum = changes.encode(moved);
            byRevision.put(
                    revisionKey(moved),
                    ByteBuffer.allocate(Long.BYTES + datum.length)
                            .putLong(changes.fingerprint(moved))
                            .put(datum)
                            .array());
            if (change.key().equals(ResourceKey.session(null, WRITER))) {
                lastEpoch = ((Session) new ValueCodec()
                                .decode(Objects.requireNonNull(change.value()))
                                .resource())
                        .epoch();
            }
        }
        digest = part.digest();
    }

    /** The order the changelog had: by revision, a write's changes by index, traces after the write they came with. */
    private byte[] revisionKey(FleetChange change) {
        return ByteBuffer.allocate(REVISION_KEY_BYTES)
                .putLong(change.revision())
                .put((byte) (change.isWrite() ? 0 : 1))
                .putInt(change.index())
                .putLong(entries++)
                .array();
    }

    @Override
    public void event(LoggedEvent event) throws IOException, InterruptedException {
        writeState();
        Headers headers = new RecordHeaders();
        event.headers().forEach(header -> headers.add(header.name(), bytes(header.value())));
        byte[] value = bytes(event.value());
        MeshEvent read = rebase.read(event.offset(), headers, value);
        MeshEvent moved = read == null ? null : rebase.event(read);
        if (moved != null) {
            long fingerprint = codec.fingerprint(moved);
            headers.remove(WireHeaders.SCHEMA).add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(fingerprint));
            value = ConfluentWire.frame(id(fingerprint), codec.encode(moved));
        } else {
            value = inThisRegistry(value, id(WireHeaders.fingerprint(headers)));
        }
        if (read != null
                && read.sender().cluster() == null
                && read.sender().writer().equals(WRITER)) {
            lastEpoch = Math.max(lastEpoch, read.sender().epoch());
        }
        send(bytes(event.key()), value, headers);
    }

    private static byte @Nullable [] bytes(@Nullable Bytes bytes) {
        return bytes == null ? null : bytes.shared();
    }

    private int id(@Nullable Long fingerprint) {
        return fingerprint == null
                ? 0
                : ids.of(topics.events(), "MeshEvent").byFingerprint().getOrDefault(fingerprint, 0);
    }

    /** What is not framed is malformed, and stays so. */
    private static byte @Nullable [] inThisRegistry(byte @Nullable [] value, int schemaId) {
        if (value == null || value.length < ConfluentWire.PREFIX_BYTES || value[0] != 0) {
            return value;
        }
        byte[] there = value.clone();
        ByteBuffer.wrap(there).putInt(1, schemaId);
        return there;
    }

    private void send(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        producer.send(new ProducerRecord<>(topics.events(), Topics.PARTITION, null, key, value, headers));
        events++;
    }

    /** Gives the log a new id, after everything else. */
    void refound(String reason) throws IOException, InterruptedException {
        writeState();
        long epoch = lastEpoch + 1;
        say(epoch, 0, new Statement.OpenSession(UUID.randomUUID()));
        say(epoch, 1, new Statement.Refound(UUID.randomUUID(), reason));
    }

    private void say(long epoch, long sequence, Statement statement) {
        Sender sender = new Sender(null, WRITER, "", WRITER, epoch, sequence);
        MeshEvent event = new MeshEvent(UUID.randomUUID(), sender, OptionalLong.empty(), statement);
        long fingerprint = codec.fingerprint(event);
        send(
                ResourceKey.FLEET_PREFIX.getBytes(StandardCharsets.UTF_8),
                ConfluentWire.frame(id(fingerprint), codec.encode(event)),
                new RecordHeaders().add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(fingerprint)));
    }

    private void writeState() throws IOException, InterruptedException {
        if (stateWritten) {
            return;
        }
        stateWritten = true;
        byRevision.each((key, value) -> {
            long fingerprint = ByteBuffer.wrap(value).getLong();
            FleetChange change = changes.decode(fingerprint, value, Long.BYTES, value.length - Long.BYTES);
            ReleaseIds known = ids.of(topics.changelog(), "FleetChange");
            producer.send(records.record(topics, known, from.logId(), change));
        });
        producer.settle();
    }

    /** How many events were written. */
    long events() {
        return events;
    }

    /** Writes the checkpoint, when everything else is kept. */
    Checkpoint finish() throws IOException, InterruptedException {
        writeState();
        producer.settle();
        Checkpoint there = from.inAnotherLog(byKey.countParts());
        ReleaseIds known = ids.of(topics.checkpoints(), "CheckpointPart");
        try (CheckpointTopicWriter writer = new CheckpointTopicWriter(kafka, topics, known, TIMEOUT)) {
            return byKey.write(
                            writer,
                            there,
                            Objects.requireNonNull(digest),
                            () -> Duration.ofNanos(System.nanoTime() - began).toMillis(),
                            null)
                    .checkpoint();
        }
    }

    @Override
    public void close() {
        producer.close();
        byRevision.close();
        byKey.close();
    }
}
