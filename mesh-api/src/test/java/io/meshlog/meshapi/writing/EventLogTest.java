package io.meshlog.meshapi.writing;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** All threads are this one; tasks run at once. */
final class EventLogTest {
    private static final MeshEvent EVENT = new MeshEvent(
            new UUID(1, 2),
            new Sender("eastus", "test", "gateway-0", "publisher", 1, 1),
            OptionalLong.empty(),
            new Statement.AskDigest());

    private final List<FakeWriter> writers = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private @Nullable Exception failing;
    private long nowMs;
    private final EventLog log = new EventLog(
            () -> {
                FakeWriter writer = new FakeWriter();
                writers.add(writer);
                return writer;
            },
            Runnable::run,
            Runnable::run,
            () -> nowMs);

    @Test
    void anEventThatNoLogCouldKeep_failsAlone() {
        // given
        log.tick();
        failing = new IllegalArgumentException("the event has 2 bytes, the limit is 1");
        log.append(EVENT, offsets::add, failures::add);

        // when
        failing = null;
        log.append(EVENT, offsets::add, failures::add);

        // then
        assertThat(failures).singleElement().isInstanceOf(IllegalArgumentException.class);
        assertThat(offsets).containsExactly(0L);
        assertThat(writers).hasSize(1);
        assertThat(log.away()).isNull();
    }

    @Test
    void aLogThatTakesNothing_isAway_andTriedAgainAfterAWhile() {
        // given
        log.tick();
        failing = new IllegalStateException("the broker is gone");
        log.append(EVENT, offsets::add, failures::add);

        // then
        assertThat(log.away()).contains("the broker is gone");
        assertThat(writers.getFirst().closed).isTrue();

        // when
        failing = null;
        nowMs += EventLog.RETRY_MS;
        log.tick();
        log.append(EVENT, offsets::add, failures::add);

        // then
        assertThat(writers).hasSize(2);
        assertThat(offsets).containsExactly(0L);
    }

    private final class FakeWriter implements EventLogWriter {
        private long next;
        private boolean closed;

        @Override
        public CompletionStage<Long> append(MeshEvent event) {
            return failing == null
                    ? CompletableFuture.completedFuture(next++)
                    : CompletableFuture.failedFuture(failing);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
