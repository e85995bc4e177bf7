package io.meshlog.meshapi.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.AppliedWrite;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingTest {
    private static final ChangeEncoder ENCODER = new TextEncoder();

    private static AppliedWrite write(long revision, int valueBytes) {
        Entry entry = new Entry(
                new ResourceKey("eastus/opaque/k"),
                Kind.OPAQUE,
                revision,
                1,
                1,
                Origin.SESSION,
                0,
                0,
                Hash128.ZERO,
                new EncodedValue(1, Bytes.owned(new byte[valueBytes])));
        return new AppliedWrite(revision, List.of(new AppliedWrite.Change(null, entry)));
    }

    @Test
    void itHoldsAsManyWritesAsItHasRoomFor() {
        Ring ring = new Ring(4, 1 << 20);
        ring.reset(2);
        for (long revision = 3; revision <= 7; revision++) {
            ring.append(write(revision, 1), ENCODER);
        }

        assertThat(ring.newest()).isEqualTo(7);
        assertThat(ring.get(3)).isNull();
        assertThat(ring.get(4)).hasSize(1);
        assertThat(ring.get(7)).hasSize(1);
        assertThat(ring.get(8)).isNull();
    }

    @Test
    void itHoldsNoMoreBytesThanItMay() {
        Ring ring = new Ring(1024, 10_000);
        ring.reset(0);
        for (long revision = 1; revision <= 100; revision++) {
            ring.append(write(revision, 1_000), ENCODER);
        }

        long held = 0;
        for (long revision = 1; revision <= 100; revision++) {
            held += ring.get(revision) == null ? 0 : 1;
        }
        assertThat(held).isBetween(1L, 4L);
        assertThat(ring.get(100)).isNotNull();
    }

    @Test
    void afterAResetNothingOldIsLeft() {
        Ring ring = new Ring(4, 1 << 20);
        ring.reset(0);
        ring.append(write(1, 1), ENCODER);
        ring.append(write(2, 1), ENCODER);
        ring.reset(1);

        assertThat(ring.get(1)).isNull();
        assertThat(ring.get(2)).isNull();
        assertThat(ring.newest()).isEqualTo(1);
    }
}
