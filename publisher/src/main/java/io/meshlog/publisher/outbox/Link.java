package io.meshlog.publisher.outbox;

import java.util.UUID;

/**
 * The way to the gateways: at most one stream at a time. No method blocks or throws; what becomes of a stream is told to
 * the outbox, on its thread, with the number of the connection.
 */
public interface Link {

    /** Begins a stream to the next gateway; ends in {@link Outbox#onConnected} or {@link Outbox#onStreamEnded}. */
    void connect(long connection);

    /** Opens the session, or goes on with it. */
    void open(UUID incarnation);

    /** Whether an event would be sent rather than kept in memory. Once it was false, {@link Outbox#onWritable} follows. */
    boolean isReady();

    void send(OutboxEvent event);

    /** Ends the stream; nothing more is told about it. */
    void disconnect(String reason);
}
