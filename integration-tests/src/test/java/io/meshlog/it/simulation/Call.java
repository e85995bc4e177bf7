package io.meshlog.it.simulation;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.proto.EventProtos;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.publisher.outbox.GatewayLimits;
import io.meshlog.publisher.outbox.Link;
import io.meshlog.publisher.outbox.OutboxEvent;
import io.meshlog.publisher.outbox.StreamEnd;
import io.meshlog.schemas.v1.Open;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One publish stream over a network of two queues: between a member's outbox and the gateway's real service. */
final class Call implements Link {
    private static final int READY_BELOW = 6;

    private final Member member;
    private final World world;
    private final Deque<PublishRequest> up = new ArrayDeque<>();
    private final Deque<Object> down = new ArrayDeque<>();
    private @Nullable ReplicaNode gateway;
    private @Nullable Server server;
    private long connection;
    private boolean connected;
    private boolean wasFull;

    Call(Member member, World world) {
        this.member = member;
        this.world = world;
    }

    @Override
    public void connect(long number) {
        hangUp();
        connection = number;
        gateway = world.anyReplica();
        server = new Server(gateway);
    }

    @Override
    public void open(UUID incarnation) {
        up.add(PublishRequest.newBuilder()
                .setOpen(Open.newBuilder().setWriter(Member.WRITER).setIncarnation(incarnation.toString()))
                .build());
    }

    @Override
    public boolean isReady() {
        wasFull |= up.size() >= READY_BELOW;
        return up.size() < READY_BELOW;
    }

    @Override
    public void send(OutboxEvent event) {
        up.add(PublishRequest.newBuilder()
                .setEvent(EventProtos.toProto(
                        event.eventId(),
                        event.sequence(),
                        OptionalLong.of(event.observedAtMicros()),
                        member.cluster,
                        event.statement()))
                .build());
        if (world.mutation == Mutation.ACK_TOO_EARLY) {
            member.acknowledged(event.sequence());
        }
    }

    @Override
    public void disconnect(String reason) {
        hangUp();
    }

    private void hangUp() {
        Server open = server;
        if (open != null) {
            open.cancel();
        }
        server = null;
        gateway = null;
        connected = false;
        up.clear();
        down.clear();
    }

    /** The way is cut; what is under way is lost. */
    void cut() {
        if (server != null) {
            long lost = connection;
            hangUp();
            member.outbox.onStreamEnded(lost, new StreamEnd(StreamEnd.Code.LOST, "the way was cut"), world.nowMs);
        }
    }

    boolean leadsTo(ReplicaNode node) {
        return gateway == node;
    }

    boolean isOpen() {
        return server != null;
    }

    /** One message goes one way. */
    void carry() {
        Server open = server;
        if (open == null) {
            return;
        }
        if (!connected) {
            connected = true;
            open.begin();
            member.outbox.onConnected(connection, world.nowMs);
        } else if (!down.isEmpty() && world.random.nextBoolean()) {
            hear(down.removeFirst());
        } else if (!up.isEmpty() && open.requested > 0) {
            open.requested--;
            open.requests.onNext(up.removeFirst());
            if (wasFull && up.size() < READY_BELOW) {
                wasFull = false;
                member.outbox.onWritable(connection);
            }
        } else if (!down.isEmpty()) {
            hear(down.removeFirst());
        }
    }

    private void hear(Object message) {
        switch (message) {
            case PublishResponse response -> hear(response);
            case Status status -> {
                note(status);
                long ended = connection;
                hangUp();
                member.outbox.onStreamEnded(
                        ended, new StreamEnd(code(status), String.valueOf(status.getDescription())), world.nowMs);
            }
            default -> throw new AssertionError(message);
        }
    }

    private void hear(PublishResponse response) {
        switch (response.getMessageCase()) {
            case OPENED -> {
                var limits = response.getOpened().getLimits();
                member.opened(response.getOpened().getDecidedSequence());
                member.outbox.onOpened(
                        connection,
                        response.getOpened().getDecidedSequence(),
                        new GatewayLimits(
                                limits.getMaxEventBytes(),
                                limits.getMaxFrameResources(),
                                limits.getMaxUndecidedEvents()),
                        world.nowMs);
            }
            case ACK -> {
                member.acknowledged(response.getAck().getSequence());
                member.outbox.onAck(
                        connection,
                        response.getAck().getSequence(),
                        response.getAck().getRevision(),
                        List.of(),
                        world.nowMs);
            }
            case SEND_SNAPSHOT -> {
                world.met(Situation.SNAPSHOT_WANTED);
                member.outbox.onSendSnapshot(connection);
            }
            case MESSAGE_NOT_SET -> throw new AssertionError("an empty answer");
        }
    }

    private void note(Status status) {
        String reason = String.valueOf(status.getDescription());
        if (status.getCode() == Status.Code.ABORTED && reason.contains("epoch")) {
            world.met(Situation.SESSION_FENCED);
        } else if (reason.contains("is not ready")) {
            world.met(Situation.GATEWAY_NOT_READY);
        } else if (reason.contains("does not take events")) {
            world.met(Situation.LOG_UNAVAILABLE);
        }
    }

    /** As the publisher's own stream reads them. */
    private static StreamEnd.Code code(Status status) {
        return switch (status.getCode()) {
            case ABORTED, FAILED_PRECONDITION, INVALID_ARGUMENT, OUT_OF_RANGE -> StreamEnd.Code.SESSION_OVER;
            default -> StreamEnd.Code.LOST;
        };
    }

    /** The gateway's end of the stream. */
    private final class Server extends ServerCallStreamObserver<PublishResponse> {
        private final ReplicaNode node;
        private StreamObserver<PublishRequest> requests;
        private Runnable onCancel = () -> {};
        private int requested;
        private boolean cancelled;

        Server(ReplicaNode node) {
            this.node = node;
        }

        void begin() {
            String speaker = world.mutation == Mutation.TAKEN_FOR_ANOTHER && world.random.nextInt(4) == 0
                    ? Member.CLUSTERS.getFirst()
                    : member.cluster;
            requests = node.publishing.publish(Principal.member(speaker), this);
        }

        void cancel() {
            if (!cancelled) {
                cancelled = true;
                onCancel.run();
            }
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void disableAutoRequest() {}

        @Override
        public void request(int count) {
            requested += count;
        }

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onNext(PublishResponse response) {
            tell(response);
        }

        @Override
        public void onError(Throwable failed) {
            tell(Status.fromThrowable(failed));
        }

        @Override
        public void onCompleted() {
            tell(Status.UNAVAILABLE);
        }

        private void tell(Object message) {
            if (server == this) {
                down.add(message);
            }
        }
    }
}
