package io.meshlog.meshapi.etcd;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.fold.MemoryEntries;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.etcd.write.ClusterVoice;
import io.meshlog.meshapi.grpc.TestReplica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The real fold behind a replica in memory: what is said is decided and applied at once. */
final class FoldVoice implements ClusterVoice {
    private final TestReplica replica;
    private final LiveFleetState state = new LiveFleetState(new MemoryEntries(), new ValueCodec());
    private final FleetFold fold = new FleetFold(Limits.DEFAULT, new ValueCodec());
    private final Map<String, Long> sequences = new HashMap<>();
    private long offset;
    /** While it is set nothing can be said. */
    volatile boolean away;

    /** How many statements were said by clients. */
    volatile int said;

    /** @param replica founded, with eastus admitted */
    FoldVoice(TestReplica replica) {
        this.replica = replica;
        decide(new Sender(null, "setup", "", "setup", 0, 0), new Statement.Found("test", TestReplica.LOG_ID, 1, 255));
        open(null, "operator");
        decide(
                new Sender(null, "p", "", "operator", 1, 1),
                new Statement.Admit(new Cluster("eastus", 1, List.of(), List.of(), 0)));
        if (state.revision() != replica.revision()) {
            throw new IllegalStateException(
                    "the fold is at %d, the replica at %d".formatted(state.revision(), replica.revision()));
        }
    }

    private void open(String cluster, String writer) {
        decide(new Sender(cluster, "p", "", writer, 1, 0), new Statement.OpenSession(new UUID(3, 3)));
    }

    private Decision decide(Sender sender, Statement statement) {
        Decision decision =
                fold.decide(state, offset, new MeshEvent(new UUID(4, offset), sender, OptionalLong.empty(), statement));
        offset++;
        state.apply(decision);
        return decision;
    }

    @Override
    public synchronized CompletionStage<Answer> say(String cluster, String principal, Statement statement) {
        if (away) {
            return CompletableFuture.failedFuture(new IllegalStateException("the log is away"));
        }
        said++;
        if (!sequences.containsKey(cluster)) {
            open(cluster, "etcd");
        }
        long sequence = sequences.merge(cluster, 1L, Long::sum);
        Decision decision = decide(new Sender(cluster, principal, "", "etcd", 1, sequence), statement);
        List<Entry> written = new ArrayList<>();
        decision.changes().stream().filter(FleetChange::isWrite).map(Entry::of).forEach(written::add);
        if (!written.isEmpty()) {
            replica.write(written);
        }
        return CompletableFuture.completedFuture(decision.answer());
    }
}
