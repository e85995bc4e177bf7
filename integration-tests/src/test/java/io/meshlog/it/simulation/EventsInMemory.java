package io.meshlog.it.simulation;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.MeshEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The events topic: bytes by offset. Producing fails before or after the write, answers late, or writes twice. */
final class EventsInMemory {
    private record Stored(long fingerprint, Bytes bytes) {}

    private static final EventCodec CODEC = new EventCodec();

    private final List<Stored> log = new ArrayList<>();
    private final Random random;
    private boolean faulty = true;

    EventsInMemory(Random random) {
        this.random = random;
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
        return log.size() - 1L;
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
}
