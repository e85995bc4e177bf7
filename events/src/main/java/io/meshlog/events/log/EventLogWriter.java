package io.meshlog.events.log;

import io.meshlog.events.model.MeshEvent;
import java.util.concurrent.CompletionStage;

/** Where events are said. */
public interface EventLogWriter extends AutoCloseable {
    /**
     * Appends an event after all that were appended before it. Completes with the event's offset once the log keeps it,
     * or fails. After the first failure every later append fails too: little that came after a lost event is kept without
     * it (only what was under way already, which the fold refuses as a gap). The owner makes a new writer and sends again
     * what was not decided.
     *
     * <p>An event that no log could keep, because it is too large or a name in it is no key's, fails with an {@link
     * IllegalArgumentException}, and the writer goes on as if it had not been given.
     *
     * <p>Safe on any thread; completes on a thread of the log's client, which must not be blocked.
     */
    CompletionStage<Long> append(MeshEvent event);

    @Override
    void close();
}
