package io.meshlog.events.log;

import io.meshlog.events.model.MeshEvent;
import java.util.concurrent.CompletionStage;

/** Where events are said. */
public interface EventLogWriter extends AutoCloseable {
    /**
     * Appends an event after all that were appended before it. Completes with the event's offset
     * once the log keeps it, or fails. After the first failure every later append fails too, so that what came after a
     * lost event is not kept without it; the owner makes a new writer and sends again what was not decided.
     *
     * <p>Safe on any thread; completes on a thread of the log's client, which must not be blocked.
     */
    CompletionStage<Long> append(MeshEvent event);

    @Override
    void close();
}
