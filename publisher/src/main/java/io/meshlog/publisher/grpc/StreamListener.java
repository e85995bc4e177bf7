package io.meshlog.publisher.grpc;

import io.meshlog.publisher.outbox.GatewayLimits;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.StreamEnd;
import java.util.List;

/**
 * Hears what happens on streams, on gRPC's threads, for one stream in order. Implementations hand it on and return: they
 * never block.
 */
public interface StreamListener {
    /** The stream is there and takes messages. */
    void onConnected(long connection);

    void onOpened(long connection, long decidedSequence, GatewayLimits limits);

    void onAck(long connection, long sequence, long revision, List<Refused> refused);

    void onSendSnapshot(long connection, String reason);

    /** It takes messages again. */
    void onWritable(long connection);

    /** The last thing about a stream. */
    void onEnded(long connection, StreamEnd end);
}
