package io.meshlog.meshapi.gateway;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.fold.MemoryEntries;
import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.writing.EventLog;
import io.meshlog.meshapi.writing.FleetView;
import io.meshlog.meshapi.writing.TraceRouter;
import io.meshlog.schemas.v1.Ack;
import io.meshlog.schemas.v1.Open;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A gateway over a log in memory and the real fold. Nothing happens by itself: {@link #run} runs the gateway's thread until
 * it is idle, {@link #decide} folds what is in the log and tells the gateway, in one batch.
 */
public final class GatewayBench implements FleetView {
    public static final UUID INCARNATION = new UUID(1, 1);

    public final List<MeshEvent> log = new ArrayList<>();
    public final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    public final LiveFleetState state = new LiveFleetState(new MemoryEntries(), new ValueCodec());
    public final TraceRouter traces = new TraceRouter(tasks::add);
    public final EventLog eventLog;
    final Gateway gateway;
    public long nowMs = 1_000;
    public boolean failAppends;
    public boolean holdAppends;
    public @Nullable String notReady;
    private final List<Runnable> held = new ArrayList<>();
    private final FleetFold fold = new FleetFold(Limits.DEFAULT, new ValueCodec());
    private int decided;
    private long nextId;

    public GatewayBench(GatewayLimits limits) {
        eventLog = new EventLog(FakeWriter::new, Runnable::run, tasks::add, () -> nowMs);
        gateway = new Gateway(
                "gw-0", limits, this, eventLog, traces, tasks::add, new Gateway.Clocks(() -> nowMs, this::newId));
        gateway.tick();
        run();
    }

    /** Founded, with a writer to the log, eastus and westus admitted. */
    public static GatewayBench ofTwoClusters(GatewayLimits limits) {
        GatewayBench bench = new GatewayBench(limits);
        bench.say(null, "operator", 0, 0, new Statement.Found("test", new UUID(9, 9), 1, 255));
        bench.say(null, "operator", 1, 0, new Statement.OpenSession(new UUID(2, 2)));
        bench.say(null, "operator", 1, 1, new Statement.Admit(cluster("eastus", 1)));
        bench.say(null, "operator", 1, 2, new Statement.Admit(cluster("westus", 2)));
        bench.decide();
        return bench;
    }

    public static Cluster cluster(String name, int id) {
        return new Cluster(name, id, List.of(), List.of(), 0);
    }

    public UUID newId() {
        return new UUID(7, nextId++);
    }

    /** Somebody else's event. */
    public void say(@Nullable String cluster, String writer, long epoch, long sequence, Statement statement) {
        log.add(new MeshEvent(
                newId(), new Sender(cluster, "p", "gw-9", writer, epoch, sequence), OptionalLong.empty(), statement));
    }

    public void run() {
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
    }

    /** Folds what is new in the log and tells the gateway. */
    public void decide() {
        decide(Integer.MAX_VALUE);
    }

    /** Folds at most that many events and tells the gateway in one batch. */
    public void decide(int most) {
        run();
        List<Session> batch = new ArrayList<>();
        for (int i = 0; i < most && decided < log.size(); i++) {
            MeshEvent event = log.get(decided);
            Decision decision = fold.decide(state, decided, event);
            decided++;
            state.apply(decision);
            Session session = state.session(event.sender().sessionKey());
            if (session != null) {
                batch.add(session);
            }
        }
        traces.onTraces(batch);
        run();
    }

    /** Lets the log answer appends it holds. */
    public void answerAppends() {
        List<Runnable> answers = List.copyOf(held);
        held.clear();
        answers.forEach(Runnable::run);
        run();
    }

    Client connect(String cluster) {
        Client client = new Client(cluster);
        client.stream = gateway.connect(Principal.member(cluster), client);
        run();
        return client;
    }

    /** Connected, and its session open. */
    Client publisher(String cluster) {
        Client client = connect(cluster);
        client.open(INCARNATION);
        decide();
        return client;
    }

    @Override
    public @Nullable String notReady() {
        return notReady;
    }

    @Override
    public @Nullable Fleet fleet() {
        return state.fleet();
    }

    @Override
    public @Nullable Cluster cluster(String name) {
        return state.cluster(name);
    }

    @Override
    public @Nullable Session session(ResourceKey key) {
        return state.session(key);
    }

    private final class FakeWriter implements EventLogWriter {
        private boolean failed;

        @Override
        public CompletionStage<Long> append(MeshEvent event) {
            if (failAppends || failed) {
                failed = true;
                return CompletableFuture.failedFuture(new IllegalStateException("the broker is gone"));
            }
            log.add(event);
            long offset = log.size() - 1L;
            CompletableFuture<Long> answer = new CompletableFuture<>();
            if (holdAppends) {
                held.add(() -> answer.complete(offset));
            } else {
                answer.complete(offset);
            }
            return answer;
        }

        @Override
        public void close() {}
    }

    /** A member's side of a stream: what it was told, in order. */
    final class Client implements PublishOutlet {
        final String cluster;
        final List<Ack> acks = new ArrayList<>();
        final List<String> snapshotsAsked = new ArrayList<>();
        long epoch = -1;
        long decidedSequence = -1;
        int requested;
        boolean ready = true;
        boolean completed;

        @Nullable
        Status status;

        private PublishStream stream;

        Client(String cluster) {
            this.cluster = cluster;
        }

        void open(UUID incarnation) {
            Opening opening = Opening.of(Open.newBuilder()
                    .setWriter("publisher")
                    .setIncarnation(incarnation.toString())
                    .build());
            gateway.run(stream, () -> stream.open(opening));
            GatewayBench.this.run();
        }

        void upsert(long sequence) {
            send(new Declaration(
                    new UUID(8, sequence),
                    sequence,
                    OptionalLong.empty(),
                    new Statement.Upsert(opaque(sequence).keyIn(cluster), Value.of(opaque(sequence))),
                    1));
        }

        void frame(long sequence, int resources) {
            send(new Declaration(
                    new UUID(8, sequence),
                    sequence,
                    OptionalLong.empty(),
                    new Statement.Frame(null, null, List.of()),
                    resources));
        }

        private Opaque opaque(long number) {
            return new Opaque(bytes("key-" + number), bytes("value"));
        }

        void send(Declaration declaration) {
            requested--;
            gateway.run(stream, () -> stream.received(declaration));
            GatewayBench.this.run();
        }

        void flush() {
            gateway.run(stream, stream::flush);
            GatewayBench.this.run();
        }

        void goAway() {
            gateway.run(stream, () -> stream.end("gone"));
            GatewayBench.this.run();
        }

        long acked() {
            return acks.isEmpty() ? decidedSequence : acks.getLast().getSequence();
        }

        @Override
        public void request(int messages) {
            requested += messages;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void opened(long at, long decidedUpTo, @Nullable Cluster admitted, GatewayLimits limits) {
            epoch = at;
            decidedSequence = decidedUpTo;
        }

        @Override
        public void ack(Ack ack) {
            acks.add(ack);
        }

        @Override
        public void sendSnapshot(String reason) {
            snapshotsAsked.add(reason);
        }

        @Override
        public void fail(StatusRuntimeException failed) {
            status = failed.getStatus();
        }

        @Override
        public void complete() {
            completed = true;
        }
    }

    static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
