package io.meshlog.meshapi.feed;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StoreBatch;
import io.meshlog.meshapi.store.StorePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides events on the replica's own store, with the function the projector decides them with: the same revisions, the same
 * bytes. What it decides is applied in batches, told, and remembered for the {@link Witness}.
 *
 * <p>For the feed's thread.
 */
final class EventFold {
    /** So many drafts are brought to the store at once, also within one poll. */
    private static final int BATCH = 4_096;

    /** Or when their values are that large: one record may be written over and over within a poll. */
    private static final long BATCH_BYTES = 4 << 20;

    private final ReplicaStore store;
    private final Consumer<AppliedBatch> applied;
    private final ValueEncoding encoding = new ValueCodec();
    private final FleetFold fold;
    private final DraftedEntries entries;
    private final LiveFleetState state;

    private final List<AppliedWrite> writes = new ArrayList<>();
    private final List<Session> traces = new ArrayList<>();
    private long bytes;

    private @Nullable Witness witness;
    private LongSupplier witnessed = () -> 0;
    private StorePosition left;

    /**
     * Over a store that holds all of what was decided up to an event. Reads all of it once.
     *
     * @param applied told of each batch when the store has it
     */
    EventFold(ReplicaStore store, Limits limits, Consumer<AppliedBatch> applied) {
        this.store = store;
        this.left = store.position();
        this.applied = applied;
        this.fold = new FleetFold(limits, encoding);
        this.entries = new DraftedEntries(store, this::flush);
        this.state = new LiveFleetState(entries, encoding);
    }

    /**
     * Why the changelog has to be followed on; null where events can be decided.
     *
     * <p>A store that follows the changelog drops all deletes below a new horizon at once, the fold one list after another:
     * until it is done with them, the two know different deletes.
     */
    @Nullable
    String notYet() {
        Fleet fleet = state.fleet();
        if (fleet == null) {
            return "the fleet is not founded";
        }
        if (fleet.featureLevel() > FleetFold.FEATURE_LEVEL) {
            return "the fleet is at feature level %d, this version decides up to %d"
                    .formatted(fleet.featureLevel(), FleetFold.FEATURE_LEVEL);
        }
        boolean forgetting = state.jobs().stream().map(Job::type).anyMatch(type -> type == Job.Type.FORGET);
        return forgetting && !store.position().decides() ? "the fleet is still forgetting deletes" : null;
    }

    /** Whether nothing else has written to its store since it did. */
    boolean isOf(StorePosition position) {
        return left.equals(position);
    }

    /**
     * Who is told what is decided from now on.
     *
     * @param offset the one in the changelog up to which the witness has compared
     */
    void begin(Witness told, LongSupplier offset) {
        witness = told;
        witnessed = offset;
        if (!store.position().decides()) {
            // a restart goes on from here, also where the changelog does not
            apply(List.of(), List.of());
        }
    }

    /** The offset of the event that is decided next. */
    long next() {
        return state.nextEventOffset();
    }

    /**
     * Decides and applies, in order.
     *
     * @throws ChangelogNeededException at an event whose decision has to be taken from the changelog; what came before it
     *     is applied
     * @throws DivergedException if the store is not what was decided on it
     */
    void take(List<EventRecord> events) {
        Witness told = Objects.requireNonNull(witness, "begin comes first");
        for (EventRecord event : events) {
            Decision decision = fold.decide(state, event.offset(), event.event());
            requireSameLog(decision);
            told.expect(decision);
            apply(decision);
        }
        flush();
    }

    private void requireSameLog(Decision decision) {
        for (FleetChange change : decision.changes()) {
            if (change.key().equals(ResourceKey.FLEET)
                    && decoded(change) instanceof Fleet decided
                    && !decided.logId().equals(logId())) {
                throw new ChangelogNeededException("the fleet was founded anew at event %d, as log %s"
                        .formatted(decision.eventOffset(), decided.logId()));
            }
        }
    }

    private UUID logId() {
        return Objects.requireNonNull(state.fleet(), "only the changelog tells of a founding")
                .logId();
    }

    private @Nullable Object decoded(FleetChange change) {
        return change.value() == null
                ? null
                : encoding.decode(Objects.requireNonNull(change.value())).resource();
    }

    private void apply(Decision decision) {
        List<AppliedWrite.Change> changes = new ArrayList<>(decision.changes().size());
        for (LiveFleetState.Replacement replaced : state.apply(decision)) {
            Entry after = replaced.after();
            if (after.kind() == Kind.SESSION) {
                traces.add(Objects.requireNonNull(state.session(after.key())));
            } else {
                changes.add(new AppliedWrite.Change(replaced.before(), after));
                EncodedValue value = after.value();
                bytes += value == null ? 0 : value.bytes().size();
            }
        }
        if (!changes.isEmpty()) {
            writes.add(new AppliedWrite(decision.revision(), changes));
        }
        for (FleetChange change : decision.changes()) {
            if (change.op() == FleetChange.Op.DIGEST) {
                compare((Digest) Objects.requireNonNull(decoded(change)));
            }
        }
        if (entries.size() >= BATCH || bytes >= BATCH_BYTES) {
            flush();
        }
    }

    /** What was decided against what is held: memory and disk may differ, too. */
    private void compare(Digest decided) {
        flush();
        if (!decided.equals(store.digest())) {
            throw new DivergedException("at revision %d the store is not what was decided: its digest is %s, not %s"
                    .formatted(state.revision(), store.digest(), decided));
        }
    }

    /** Brings to the store what was decided last. */
    void flush() {
        if (entries.size() == 0) {
            return;
        }
        apply(entries.written(), entries.forgotten());
        entries.clear();
        AppliedBatch batch = new AppliedBatch(writes, traces, state.revision());
        writes.clear();
        bytes = 0;
        traces.clear();
        applied.accept(batch);
    }

    private void apply(List<Entry> written, List<ResourceKey> forgotten) {
        Fleet fleet = Objects.requireNonNull(state.fleet());
        left = new StorePosition(
                fleet.logId(),
                state.revision(),
                witnessed.getAsLong(),
                state.revision(),
                fleet.horizon(),
                state.nextEventOffset() - 1);
        store.apply(new StoreBatch(written, forgotten, left));
    }
}
