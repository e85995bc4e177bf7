package io.meshlog.projector.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.projector.decider.CheckpointOffice.Anchor;
import io.meshlog.projector.decider.CheckpointOffice.Kept;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class CheckpointPlanTest {
    private static final String OWN = "projector";
    private static final long DAY = 86_400_000;
    private static final UUID ASKED = new UUID(1, 1);

    private final CheckpointPlan plan = new CheckpointPlan(DAY);

    private static FleetChange digest(UUID eventId, String principal, long eventOffset, long revision) {
        return new FleetChange(
                revision,
                0,
                0,
                Op.DIGEST,
                Kind.DIGEST,
                ResourceKey.DIGEST,
                0,
                0,
                Origin.FOLD,
                0,
                new Provenance(null, principal, eventId, eventOffset, OptionalLong.empty()),
                new ValueCodec().encode(Value.of(new Digest(List.of()))));
    }

    @Test
    void nothingIsDueBeforeTheTopicWasLookedAt() {
        assertThat(plan.isDue(DAY, 5)).isFalse();
    }

    @Test
    void theFirstIsDueAtOnce_theNextAfterAPeriodWhereTheRevisionMoved() {
        plan.onLooked(null);
        assertThat(plan.isDue(0, 5)).isTrue();

        plan.onLooked(new Kept(9, 5, 0));
        assertThat(plan.isDue(DAY - 1, 6)).isFalse();
        assertThat(plan.isDue(DAY, 5)).isFalse();
        assertThat(plan.isDue(DAY, 6)).isTrue();
    }

    @Test
    void itIsOfTheDigestThatWasAskedForItself_andIsMadeOnce() {
        plan.onLooked(null);
        plan.onAsked(ASKED);
        plan.onDigest(digest(new UUID(8, 8), OWN, 3, 4), OWN);
        assertThat(plan.take()).isNull();

        plan.onDigest(digest(ASKED, OWN, 7, 6), OWN);

        assertThat(plan.take()).isEqualTo(new Anchor(ASKED, 7, 6));
        assertThat(plan.take()).isNull();
        assertThat(plan.isDue(DAY, 7)).isFalse();
    }

    @Test
    void anOperatorsRequestIsDueAtOnce_untilACheckpointHoldsItsEvent() {
        plan.onLooked(new Kept(9, 5, 0));
        plan.onDigest(digest(new UUID(8, 8), "operator", 12, 5), OWN);
        assertThat(plan.isDue(1, 5)).isTrue();

        plan.onMade(new Kept(11, 5, 1));
        assertThat(plan.isDue(1, 5)).isTrue();
        plan.onMade(new Kept(13, 5, 1));
        assertThat(plan.isDue(1, 5)).isFalse();
    }

    @Test
    void aFailureIsTriedAgainAfterAPause() {
        plan.onLooked(null);
        plan.onAsked(ASKED);
        plan.onDigest(digest(ASKED, OWN, 7, 6), OWN);
        assertThat(plan.take()).isNotNull();

        plan.onFailed(1_000);

        assertThat(plan.isDue(1_000 + CheckpointPlan.RETRY_MS - 1, 6)).isFalse();
        assertThat(plan.isDue(1_000 + CheckpointPlan.RETRY_MS, 6)).isTrue();
    }
}
