package io.meshlog.publisher.grpc;

import io.grpc.ManagedChannel;
import io.meshlog.events.proto.EventProtos;
import io.meshlog.publisher.outbox.Link;
import io.meshlog.publisher.outbox.OutboxEvent;
import io.meshlog.publisher.outbox.StreamEnd;
import io.meshlog.schemas.v1.Open;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishingGrpc;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams to gateways, one at a time: each goes to the next address of the list, round and round.
 *
 * <p>For the publisher's thread. No method waits for the network; events that a stream does not take yet are kept by gRPC,
 * which is why the outbox asks {@link #isReady()} before each.
 */
public final class GrpcLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcLink.class);

    /**
     * Who speaks.
     *
     * @param name the writer's name within its cluster
     * @param version of the program, for status
     */
    public record Writer(String cluster, String name, String version) {}

    private final List<String> addresses;
    private final GatewayChannels channels;
    private final Writer writer;
    private final StreamListener listener;
    private int next;
    private @Nullable PublishStream stream;

    /** @param addresses of gateways, {@code host:port}, at least one */
    public GrpcLink(List<String> addresses, GatewayChannels channels, Writer writer, StreamListener listener) {
        this.addresses = List.copyOf(addresses);
        this.channels = channels;
        this.writer = writer;
        this.listener = listener;
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("there is no gateway's address");
        }
    }

    @Override
    public void connect(long connection) {
        disconnect("another stream begins");
        String address = addresses.get(next++ % addresses.size());
        LOG.debug("cluster {}: connecting to {}", writer.cluster(), address);
        try {
            ManagedChannel channel = channels.open(address);
            PublishStream begun = new PublishStream(connection, address, channel, listener);
            stream = begun;
            PublishingGrpc.newStub(channel).publish(begun);
        } catch (IOException | IllegalArgumentException unusable) {
            listener.onEnded(
                    connection, new StreamEnd(StreamEnd.Code.LOST, "%s: %s".formatted(address, unusable.getMessage())));
        }
    }

    @Override
    public void open(UUID incarnation) {
        send(PublishRequest.newBuilder()
                .setOpen(Open.newBuilder()
                        .setWriter(writer.name())
                        .setIncarnation(incarnation.toString())
                        .setVersion(writer.version()))
                .build());
    }

    @Override
    public boolean isReady() {
        return stream != null && stream.isReady();
    }

    @Override
    public void send(OutboxEvent event) {
        send(PublishRequest.newBuilder()
                .setEvent(EventProtos.toProto(
                        event.eventId(),
                        event.sequence(),
                        OptionalLong.of(event.observedAtMicros()),
                        writer.cluster(),
                        event.statement()))
                .build());
    }

    private void send(PublishRequest request) {
        if (stream != null) {
            stream.send(request);
        }
    }

    @Override
    public void disconnect(String reason) {
        if (stream != null) {
            stream.cancel(reason);
            stream = null;
        }
    }
}
