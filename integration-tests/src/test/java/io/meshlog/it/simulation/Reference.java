package io.meshlog.it.simulation;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.fold.MemoryEntries;
import io.meshlog.events.model.MeshEvent;
import java.util.Objects;
import java.util.UUID;

/** A fold that nothing goes wrong with: it decides each event when it is in the log. */
final class Reference {
    private static final ValueCodec VALUES = new ValueCodec();

    private final FleetFold fold = new FleetFold(FoldInMemory.LIMITS, VALUES);
    private final LiveFleetState state = new LiveFleetState(new MemoryEntries(), VALUES);

    Decision decide(long offset, MeshEvent event) {
        Decision decision = fold.decide(state, offset, event);
        state.apply(decision);
        return decision;
    }

    UUID logId() {
        return Objects.requireNonNull(state.fleet(), "the first event founds the fleet")
                .logId();
    }
}
