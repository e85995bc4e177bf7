package io.meshlog.it.simulation;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.meshapi.feed.EventSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.TimeoutException;

/** The events topic: bytes by offset. Producing fails before or after the write, answers late, or writes twice. */
final class EventsInMemory {
    private record Stored(long fingerprint, Bytes bytes) {}

    private static final EventCodec CODEC = new EventCodec();

    private final List<Stored> log = new ArrayList<>();
    private final Random random;
    private final LongConsumer appended;
    private boolean faulty = true;

    /** @param appended told of each event's offset */
    EventsInMemory(Random random, LongConsumer appended) {
        this.random = random;
        this.appended = appended;
    }

    void heal() {
        faulty = false;
    }

    int size() {
        return log.size();
    }

    MeshEvent read(int offset) {
        Stored stored = log.get(offset);
        return CODEC.decode(
                stored.fingerprint(), stored.bytes().shared(), 0, stored.bytes().size());
    }

    long append(MeshEvent event) {
        log.add(new Stored(CODEC.fingerprint(event), Bytes.owned(CODEC.encode(event))));
        long offset = log.size() - 1L;
        appended.accept(offset);
        return offset;
    }

    /**
     * As a replica reads it.
     *
     * @param reading what it takes an event for; throws where it does not know the event's schema
     */
    EventSource source(BooleanSupplier away, UnaryOperator<MeshEvent> reading) {
        return new Source(away, reading);
    }

    EventLogWriter writer(List<Runnable> answers) {
        return new Writer(answers);
    }

    private final class Writer implements EventLogWriter {
        private final List<Runnable> answers;
        private boolean failed;

        Writer(List<Runnable> answers) {
            this.answers = answers;
        }

        @Override
        public CompletionStage<Long> append(MeshEvent event) {
            CompletableFuture<Long> answer = new CompletableFuture<>();
            int fault = faulty ? random.nextInt(40) : -1;
            if (failed || fault == 0) {
                failed = true;
                answer.completeExceptionally(new IllegalStateException("the broker is gone"));
                return answer;
            }
            long offset = EventsInMemory.this.append(event);
            if (fault == 1) {
                failed = true;
                answer.completeExceptionally(new IllegalStateException("written, and the answer is lost"));
                return answer;
            }
            if (fault == 2) {
                EventsInMemory.this.append(event);
            }
            answers.add(() -> answer.complete(offset));
            return answer;
        }

        @Override
        public void close() {
            failed = true;
        }
    }

    private final class Source implements EventSource {
        private static final int MOST_POLLED = 4;

        private final BooleanSupplier away;
        private final UnaryOperator<MeshEvent> reading;
        private int position;

        Source(BooleanSupplier away, UnaryOperator<MeshEvent> reading) {
            this.away = away;
            this.reading = reading;
        }

        @Override
        public void seek(long offset) {
            position = Math.toIntExact(offset);
        }

        @Override
        public long beginning(Duration timeout) {
            return 0;
        }

        @Override
        public long end(Duration timeout) {
            if (away.getAsBoolean()) {
                throw new TimeoutException("no broker answers");
            }
            return log.size();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public List<EventRecord> poll(Duration timeout) {
            List<EventRecord> polled = new ArrayList<>();
            int most = away.getAsBoolean() ? 0 : 1 + random.nextInt(MOST_POLLED);
            while (polled.size() < most && position < log.size()) {
                MeshEvent event;
                try {
                    event = reading.apply(read(position));
                } catch (UnknownSchemaException unknown) {
                    if (polled.isEmpty()) {
                        throw unknown;
                    }
                    return polled;
                }
                polled.add(new EventRecord(position++, 0, event));
            }
            return polled;
        }

        @Override
        public void wakeup() {
            // nothing blocks here
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
