package io.meshlog.projector.checkpoint;

import io.meshlog.events.checkpoint.CheckpointTopicWriter;
import io.meshlog.events.checkpoint.EncodedPart;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fleet's whole state, standing still: the last change of each key, sorted by key. Of any size, in bounded memory. For one
 * thread.
 */
public final class FrozenState implements AutoCloseable {
    /** A part's entries come to this, or to one entry that is larger. */
    static final int PART_BYTES = 1 << 20;

    private static final int PART_ENTRIES = 20_000;

    private final Scratch scratch;
    private final ChangeCodec changes = new ChangeCodec();
    private final CheckpointCodec codec = new CheckpointCodec();
    /** Under which releases' schemas there are entries; each has parts of its own. */
    private final Set<Long> fingerprints = new TreeSet<>();

    /** What is done with each part, in order. */
    private interface PartTaker {
        void take(int part, EncodedPart encoded) throws IOException, InterruptedException;
    }

    /** @param folder its own, for what does not fit into memory: what is in it is deleted, and it itself at the end */
    public FrozenState(Path folder) throws IOException {
        this.scratch = new Scratch(folder);
    }

    /** Keeps the last change of a key in place of the one before. */
    public void put(FleetChange change) throws IOException {
        long fingerprint = changes.fingerprint(change);
        fingerprints.add(fingerprint);
        byte[] datum = changes.encode(change);
        scratch.put(
                change.key().toBytes(),
                ByteBuffer.allocate(Long.BYTES + datum.length)
                        .putLong(fingerprint)
                        .put(datum)
                        .array());
    }

    void remove(ResourceKey key) throws IOException {
        scratch.remove(key.toBytes());
    }

    /** What is done with each entry. */
    public interface EntryTaker {
        void take(FleetChange change) throws IOException, InterruptedException;
    }

    /** Gives out all entries, sorted by key. */
    public void each(EntryTaker taker) throws IOException, InterruptedException {
        scratch.each((key, value) -> taker.take(
                changes.decode(ByteBuffer.wrap(value).getLong(), value, Long.BYTES, value.length - Long.BYTES)));
    }

    /** How many parts it makes. */
    public int countParts() throws IOException, InterruptedException {
        int[] count = {0};
        cut((fingerprint, datums) -> count[0]++);
        return Math.max(1, count[0]);
    }

    /**
     * Writes it as a checkpoint.
     *
     * @param checkpoint with as many parts as {@link #countParts} counted
     * @param digest that the whole gives
     * @param tookMs asked when all parts but the last are written
     * @param before the newest checkpoint until now, null for none
     */
    public Seal write(
            CheckpointTopicWriter writer,
            Checkpoint checkpoint,
            Digest digest,
            LongSupplier tookMs,
            @Nullable Seal before)
            throws IOException, InterruptedException {
        AtomicReference<@Nullable Seal> seal = new AtomicReference<>();
        parts(checkpoint, digest, (part, encoded) -> {
            if (part < checkpoint.parts() - 1) {
                writer.write(checkpoint, encoded);
            } else {
                seal.set(writer.seal(checkpoint, encoded, tookMs.getAsLong(), before));
            }
        });
        return Objects.requireNonNull(seal.get());
    }

    private void parts(Checkpoint checkpoint, Digest digest, PartTaker taker) throws IOException, InterruptedException {
        int[] next = {0};
        cut((fingerprint, datums) -> {
            int part = next[0]++;
            boolean last = part == checkpoint.parts() - 1;
            taker.take(
                    part,
                    new EncodedPart(
                            codec.fingerprintFor(fingerprint),
                            Bytes.owned(codec.encode(checkpoint, part, fingerprint, datums, last ? digest : null))));
        });
        if (next[0] != checkpoint.parts()) {
            throw new IllegalStateException("%d parts where %d were counted".formatted(next[0], checkpoint.parts()));
        }
    }

    private interface CutTaker {
        void take(long fingerprint, List<byte[]> datums) throws IOException, InterruptedException;
    }

    /** One pass for each release: they are few, and a part is of one release. */
    private void cut(CutTaker taker) throws IOException, InterruptedException {
        for (long fingerprint : fingerprints) {
            Cut cut = new Cut(fingerprint, taker);
            scratch.each((key, value) -> {
                if (ByteBuffer.wrap(value).getLong() == fingerprint) {
                    cut.add(Arrays.copyOfRange(value, Long.BYTES, value.length));
                }
            });
            cut.end();
        }
    }

    private static final class Cut {
        private final long fingerprint;
        private final CutTaker taker;
        private List<byte[]> datums = new ArrayList<>();
        private long bytes;

        Cut(long fingerprint, CutTaker taker) {
            this.fingerprint = fingerprint;
            this.taker = taker;
        }

        void add(byte[] datum) throws IOException, InterruptedException {
            if (bytes + datum.length > PART_BYTES || datums.size() >= PART_ENTRIES) {
                end();
            }
            datums.add(datum);
            bytes += datum.length;
        }

        void end() throws IOException, InterruptedException {
            if (!datums.isEmpty()) {
                taker.take(fingerprint, datums);
                datums = new ArrayList<>();
                bytes = 0;
            }
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
