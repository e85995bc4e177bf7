package io.meshlog.meshapi.gateway;

import io.grpc.StatusRuntimeException;
import io.meshlog.events.model.Cluster;
import io.meshlog.schemas.v1.Ack;
import org.jspecify.annotations.Nullable;

/** Where a stream's answers go. Called on the gateway's thread alone; nothing blocks. */
interface PublishOutlet {
    /** Asks the client's side for that many messages more. */
    void request(int messages);

    /** Whether the client reads what it is sent. */
    boolean isReady();

    void opened(long epoch, long decidedSequence, @Nullable Cluster cluster, GatewayLimits limits);

    void ack(Ack ack);

    void sendSnapshot(String reason);

    /** Ends the stream; nothing may follow. */
    void fail(StatusRuntimeException status);

    /** Ends the stream because the client ended its side. */
    void complete();
}
