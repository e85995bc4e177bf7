package io.meshlog.projector.streams;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.UnknownOpException;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.FoldStoppedException;
import io.meshlog.events.fold.FoldStoppedException.Reason;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.log.ChangelogRecords;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.wire.ReleaseIds;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * One event in, its decision out: the state in the store, the changes to the changelog, in the one transaction that also
 * commits the event's offset.
 *
 * <p>What cannot be read under a known schema is decided as {@link Statement.Malformed}. What
 * this version does not know stops the fold, unless a later event of the log skips it. For the Streams thread, which
 * makes a new one for each time the task is assigned.
 */
final class FoldProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final EventCodec events = new EventCodec();
    private final ChangelogRecords records = new ChangelogRecords();
    private final ReleaseIds schemaIds;
    private final long saidUpTo;
    private final FleetFold fold;
    private final SkipSearch skips;
    private final Backlog backlog;
    private final FoldProgress progress;

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable LiveFleetState state;

    /**
     * @param schemaIds the registry's ids of the changelog's schemas
     * @param saidUpTo the offset of the last event whose decision the changelog has
     */
    FoldProcessor(
            ReleaseIds schemaIds,
            long saidUpTo,
            FleetFold fold,
            SkipSearch skips,
            Backlog backlog,
            FoldProgress progress) {
        this.schemaIds = schemaIds;
        this.saidUpTo = saidUpTo;
        this.fold = fold;
        this.skips = skips;
        this.backlog = backlog;
        this.progress = progress;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        KeyValueStore<Bytes, byte[]> store = given.getStateStore(FleetTopology.STORE);
        LiveFleetState restored =
                new LiveFleetState(new StoreEntries(store, EntryCodec::encode, EntryCodec::decode), new ValueCodec());
        context = given;
        state = restored;
        progress.onAssigned(restored.nextEventOffset() - 1, restored.revision());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ProcessorContext<byte[], byte[]> given = Objects.requireNonNull(context, "init comes first");
        LiveFleetState current = Objects.requireNonNull(state, "init comes first");
        long offset = given.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record of a topic has an offset"))
                .offset();
        Decision decision = decide(current, offset, record);
        current.apply(decision);
        // a state that was lost is built from a checkpoint by deciding again what readers have long seen
        if (offset > saidUpTo) {
            forward(given, current, decision, record.timestamp());
        }
        progress.onDecided(offset, decision.revision(), decision.changes().size());
        if (backlog.onDecided()) {
            given.commit();
        }
    }

    private Decision decide(LiveFleetState current, long offset, Record<byte[], byte[]> record) {
        MeshEvent event;
        try {
            event = EventRecord.read(events, offset, record.headers(), record.value());
        } catch (UnknownOpException | UnknownSchemaException newer) {
            return passOver(current, offset, newer);
        }
        if (event.statement() instanceof Statement.Malformed) {
            progress.onMalformed();
        }
        return fold.decide(current, offset, event);
    }

    /** The founding cannot be passed over: without it there is nothing to decide on. */
    private Decision passOver(LiveFleetState current, long offset, RuntimeException newer) {
        MeshEvent skipping = current.fleet() == null ? null : skips.find(offset).orElse(null);
        if (skipping == null) {
            FoldStoppedException stop = new FoldStoppedException(
                    Reason.NEWER_VERSION_NEEDED,
                    offset,
                    "%s; run a version that knows it, or pass over it with a SKIP event for this offset"
                            .formatted(newer.getMessage()));
            stop.initCause(newer);
            throw stop;
        }
        progress.onSkipped();
        return fold.passOver(current, offset, skipping);
    }

    private void forward(
            ProcessorContext<byte[], byte[]> given, LiveFleetState current, Decision decision, long timestampMs) {
        Fleet fleet = Objects.requireNonNull(current.fleet(), "the fold decides nothing before the founding");
        for (FleetChange change : decision.changes()) {
            byte[] value = records.value(schemaIds, change);
            given.forward(new Record<>(
                    records.key(change.key()), value, timestampMs, records.headers(fleet.logId(), change)));
        }
        for (ResourceKey key : decision.forgotten()) {
            given.forward(new Record<>(records.key(key), null, timestampMs, records.headers(fleet.logId())));
        }
    }
}
