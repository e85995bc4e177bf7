package io.meshlog.projector.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.fold.FoldStoppedException;
import io.meshlog.events.fold.FoldStoppedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

final class FaultPolicyTest {
    private final AtomicLong nowMs = new AtomicLong();
    private final AtomicInteger pauses = new AtomicInteger();
    private final List<StopCause> stops = new ArrayList<>();
    private final FaultPolicy policy = new FaultPolicy(nowMs::get, pauses::incrementAndGet, stops::add);

    @Test
    void whatTheFoldRefusesStops_withItsWords() {
        FoldStoppedException stopped = new FoldStoppedException(Reason.HOLE, 7, "a hole");

        assertThat(policy.handle(new StreamsException("wrapped", stopped)))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);

        assertThat(stops).containsExactly(new StopCause.Fold(Reason.HOLE, 7, stopped.getMessage()));
        assertThat(((StopCause.Fold) stops.getFirst()).skippable()).isFalse();
    }

    @Test
    void anOffsetThatIsGoneStops() {
        Exception gone = new OffsetOutOfRangeException(Map.of(new TopicPartition("demo.events", 0), 5L));

        assertThat(policy.handle(new StreamsException("wrapped", gone)))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);

        assertThat(stops).singleElement().isInstanceOf(StopCause.OffsetGone.class);
    }

    @Test
    void whatPassesIsTriedAgain_afterAPause() {
        assertThat(policy.handle(new TimeoutException("away"))).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);

        assertThat(pauses).hasValue(1);
        assertThat(stops).isEmpty();
    }

    @Test
    void whatDoesNotPassStops() {
        for (int i = 0; i < FaultPolicy.MOST_FAULTS; i++) {
            assertThat(policy.handle(new TimeoutException("away")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }

        assertThat(policy.handle(new TimeoutException("away")))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(stops).singleElement().isInstanceOf(StopCause.Faults.class);
    }

    @Test
    void rareFaultsNeverStop() {
        for (int i = 0; i < 3 * FaultPolicy.MOST_FAULTS; i++) {
            nowMs.addAndGet(FaultPolicy.WINDOW_MS / 10);
            assertThat(policy.handle(new TimeoutException("away")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
    }
}
