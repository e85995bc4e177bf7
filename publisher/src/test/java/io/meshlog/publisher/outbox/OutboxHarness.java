package io.meshlog.publisher.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Identity;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportChange.Declare;
import io.meshlog.publisher.outbox.OutboxState.BackingOff;
import io.meshlog.publisher.outbox.OutboxState.Following;
import io.meshlog.publisher.outbox.OutboxState.Opening;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** An outbox with a fake link, a clock that is set by hand, and leadership that can be taken away. */
class OutboxHarness {
    static final GatewayLimits LIMITS = new GatewayLimits(1_000_000, 2, 3);
    static final StreamEnd LOST = new StreamEnd(StreamEnd.Code.LOST, "gone");
    static final StreamEnd OVER = new StreamEnd(StreamEnd.Code.SESSION_OVER, "another writer");
    static final int RESOURCE_BYTES = 100;

    final Transitions transitions;
    final FakeLink link = new FakeLink();
    boolean leader = true;
    int bytes = RESOURCE_BYTES;
    long now;
    final Outbox outbox;

    OutboxHarness(Transitions transitions) {
        this.transitions = transitions;
        this.outbox = new Outbox(
                link,
                () -> leader,
                new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(1)),
                new CountingStamps(),
                resource -> bytes,
                transitions);
    }

    /** -1 Waiting, 0 Connecting, 1 Opening, 2 Snapshotting, 3 Following, 4 BackingOff, 5 Fenced. */
    void reach(int step) {
        if (step < 0) {
            return;
        }
        outbox.onDeclared(declared(8), now);
        if (outbox.state() instanceof BackingOff) {
            passBackoff();
        }
        if (step >= 1) {
            connected();
        }
        if (step >= 2 && outbox.state() instanceof Opening) {
            link.ready = step != 2;
            outbox.onOpened(link.connection, 0, new GatewayLimits(1_000_000, 2, 10), now);
        }
        if (step >= 4) {
            outbox.onStreamEnded(link.connection, step == 4 ? LOST : OVER, now);
        }
    }

    void givenFollowing(int resources) {
        outbox.onDeclared(declared(resources), now);
        opened(0);
        assertThat(outbox.state()).isInstanceOf(Following.class);
    }

    void connected() {
        outbox.onConnected(link.connection, now);
    }

    void opened(long decided) {
        connected();
        outbox.onOpened(link.connection, decided, LIMITS, now);
    }

    void ack(long sequence) {
        outbox.onAck(link.connection, sequence, sequence, List.of(), now);
    }

    void passBackoff() {
        now += 1_000;
        outbox.onTick(now);
    }

    List<Statement> statements() {
        return link.sent.stream().map(OutboxEvent::statement).toList();
    }

    static SortedMap<ResourceKey, Value> declared(int count) {
        SortedMap<ResourceKey, Value> declared = new TreeMap<>();
        for (int id = 1; id <= count; id++) {
            declared.put(key(id), Value.of(identity(id, "a")));
        }
        return declared;
    }

    static List<Value> values(int... ids) {
        return java.util.Arrays.stream(ids)
                .mapToObj(id -> Value.of(identity(id, "a")))
                .toList();
    }

    static Declare declare(int id, String label) {
        return new Declare(key(id), identity(id, label));
    }

    static Identity identity(int id, String label) {
        return new Identity(id, List.of(new Identity.Label("k8s", "app", label)));
    }

    static ResourceKey key(int id) {
        return identity(id, "").keyIn("eastus");
    }
}
