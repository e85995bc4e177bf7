package io.meshlog.it.simulation;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.watch.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One fleet, all of its hops, one thread, one seed. Real are the outboxes, the gateways with their service, the fold, the
 * decider, the feeds, stores, hubs and watches; of memory are the two topics and the ways between.
 */
final class World {
    private static final int STEPS = 160;
    private static final int CALM_ROUNDS = 1_500;
    private static final int TRACED = 25;
    /** Less than by what a record that may be compacted is older than one that surely was not. */
    private static final long TRANSACTION_TIMEOUT_MS = ChangelogInMemory.LAG_MS / 5;

    private static final int READERS = 5;

    final Random random;
    final Mutation mutation;
    final History history = new History(this::met);
    final EventsInMemory events;
    final ChangelogInMemory changelog;
    long nowMs = 1_800_000_000_000L;
    private final FoldInMemory fold;
    private final Map<String, SortedMap<ResourceKey, Declared>> declared = new TreeMap<>();
    private final Map<String, Member> members = new TreeMap<>();
    private final List<Member> zombies = new ArrayList<>();
    private final List<ReplicaNode> replicas = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final Set<Situation> situations = EnumSet.noneOf(Situation.class);
    private Deciding decider;
    private @Nullable Deciding formerDecider;
    private long ids;
    private int step;
    /** The projector, its decider with it, is away until then. */
    private int projectorAwayUntil;

    private boolean foundedAnew;

    World(long seed, Mutation mutation) {
        this.random = new Random(seed);
        this.mutation = mutation;
        this.events = new EventsInMemory(random, this::decided);
        this.changelog = new ChangelogInMemory(random, mutation);
        this.fold = new FoldInMemory(events, changelog, mutation);
        this.decider = new Deciding(this);
    }

    void run() {
        begin();
        for (step = 0; step < STEPS; step++) {
            nowMs += random.nextInt(100);
            disturb();
            abortWhatIsOverdue();
            live();
        }
        calm();
    }

    int steps() {
        return step;
    }

    void met(Situation situation) {
        situations.add(situation);
    }

    /** What has come about. */
    Set<Situation> situations() {
        return situations;
    }

    List<String> trace() {
        return List.copyOf(trace);
    }

    UUID newId() {
        return new UUID(7, ++ids);
    }

    ReplicaNode anyReplica() {
        return replicas.get(random.nextInt(replicas.size()));
    }

    private void begin() {
        while (!decider.isElected()) {
            nowMs += 100;
            decider.turn();
            decide();
        }
        say(null, "operator", new Statement.OpenSession(newId()));
        Member.CLUSTERS.forEach(this::admit);
        decide();
        for (int i = 0; i < 2; i++) {
            replicas.add(ReplicaNode.empty(this, "replica-" + i));
        }
        Member.CLUSTERS.forEach(cluster -> {
            declared.put(cluster, new TreeMap<>());
            members.put(cluster, new Member(cluster, declared.get(cluster), this));
        });
    }

    private void admit(String cluster) {
        int id = 1 + Member.CLUSTERS.indexOf(cluster);
        say(
                null,
                "operator",
                new Statement.Admit(new Cluster(cluster, id, List.of(), List.of(), 100 + random.nextInt(2))));
    }

    private void say(@Nullable String cluster, String writer, Statement statement) {
        long sequence = sequences.merge(writer, 1L, Long::sum) - 1;
        events.append(new MeshEvent(
                newId(), new Sender(cluster, writer, "", writer, 1, sequence), OptionalLong.empty(), statement));
    }

    private void decide() {
        fold.fold(1 + random.nextInt(5), nowMs);
        commit();
    }

    private void decided(long offset) {
        history.add(offset, events.read(Math.toIntExact(offset)));
    }

    private void commit() {
        history.requireDecided(fold.commit());
    }

    private void killFold() {
        if (fold.open()) {
            met(Situation.TRANSACTION_ABORTED);
        }
        fold.kill();
    }

    /** As the brokers do, so that no record is old when it is first seen. */
    private void abortWhatIsOverdue() {
        if (fold.open() && nowMs - fold.openSinceMs() > TRANSACTION_TIMEOUT_MS) {
            killFold();
        }
    }

    private void loseFold() {
        met(Situation.FOLD_STATE_LOST);
        fold.loseState();
    }

    private void compact() {
        if (changelog.compact(nowMs)) {
            met(Situation.CHANGELOG_COMPACTED);
        }
    }

    private void disturb() {
        switch (random.nextInt(34)) {
            case 0 -> does("the projector dies", this::killFold);
            case 1 -> does("the projector dies with its disk", this::loseFold);
            case 2 -> does("a checkpoint is made", fold::checkpoint);
            case 3 -> does("another decider is elected", this::elect);
            case 4 -> does("a replica dies", () -> restart(random.nextBoolean()));
            case 5 -> does("the changelog is compacted", this::compact);
            case 6 -> does("time passes", () -> nowMs += random.nextInt(3_000));
            case 7 -> does("much time passes", () -> nowMs += random.nextInt(40_000));
            case 8 -> does("a way to a gateway is cut", () -> anyMember().call.cut());
            case 9 -> does("a publisher starts anew", () -> replace(random.nextBoolean()));
            case 10, 11 -> does("a reader moves", this::moveReader);
            case 12 ->
                does("a replica loses or finds Kafka", () -> {
                    ReplicaNode node = anyReplica();
                    node.away = !node.away;
                });
            case 13 -> does("the operator speaks", this::command);
            case 14 -> does("somebody speaks for another cluster", this::impersonate);
            case 18 -> does("the projector is away for long", this::takeProjector);
            case 19 -> does("the operator speaks of the fleet", this::commandFleet);
            case 15, 16, 17 -> does("time is told", () -> replicas.forEach(ReplicaNode::tick));
            default -> does("a cluster changes", () -> anyMember().change());
        }
    }

    private void does(String what, Runnable action) {
        trace.addLast("step %d, %d ms, revision %d: %s".formatted(step, nowMs % 10_000_000, history.revision(), what));
        if (trace.size() > TRACED) {
            trace.removeFirst();
        }
        action.run();
    }

    private Member anyMember() {
        return members.get(Member.CLUSTERS.get(random.nextInt(Member.CLUSTERS.size())));
    }

    /** The one before may not know it yet. */
    private void elect() {
        formerDecider = decider;
        decider = new Deciding(this);
    }

    private void restart(boolean keepsDisk) {
        int which = random.nextInt(replicas.size());
        ReplicaNode dead = replicas.get(which);
        ReplicaNode successor = new ReplicaNode(
                this, "replica-" + which + "-" + ++ids, keepsDisk ? dead.store : new MemoryReplicaStore());
        replicas.set(which, successor);
        readers.stream().filter(reader -> reader.isAt(dead)).forEach(Reader::detach);
        List<Member> all = new ArrayList<>(members.values());
        all.addAll(zombies);
        all.stream().filter(member -> member.call.leadsTo(dead)).forEach(member -> member.call.cut());
    }

    private void replace(boolean stays) {
        Member old = anyMember();
        if (stays && old.call.isOpen()) {
            zombies.add(old);
        } else {
            old.outbox.close();
        }
        members.put(old.cluster, new Member(old.cluster, declared.get(old.cluster), this));
    }

    private void moveReader() {
        if (mutation == Mutation.EVENT_MISREAD) {
            // they would find it first
            return;
        }
        if (readers.size() < READERS) {
            readers.add(new Reader(this, anySelector()));
        } else {
            readers.get(random.nextInt(readers.size())).attach();
        }
    }

    private Selector anySelector() {
        return switch (random.nextInt(4)) {
            case 0 -> Selector.ALL;
            case 1 -> new Selector(Set.of(), Set.of(Kind.OPAQUE), Set.of(), Set.of(), Map.of());
            case 2 -> new Selector(Set.of("eastus"), Set.of(), Set.of(), Set.of(), Map.of());
            default -> new Selector(Set.of(), Set.of(), Set.of(), Set.of(), Map.of("zone", "z1"));
        };
    }

    private void command() {
        if (random.nextBoolean()) {
            admit(Member.CLUSTERS.get(random.nextInt(Member.CLUSTERS.size())));
        } else {
            say(null, "operator", new Statement.AskDigest());
        }
    }

    private void takeProjector() {
        met(Situation.PROJECTOR_AWAY);
        killFold();
        projectorAwayUntil = step + random.nextInt(60);
    }

    /** At its level already, which says nothing new; or, now and then, as another log. */
    private void commandFleet() {
        if (!foundedAnew && random.nextInt(4) == 0) {
            foundedAnew = true;
            met(Situation.FLEET_FOUNDED_ANEW);
            say(null, "operator", new Statement.Refound(newId(), "simulated"));
        } else {
            say(null, "operator", new Statement.RaiseFeatureLevel(FleetFold.FEATURE_LEVEL));
        }
    }

    private void impersonate() {
        String taken = mutation == Mutation.IMPOSTOR_TRUSTED ? "eastus" : "westeurope";
        if (!sequences.containsKey("impostor")) {
            say(taken, "impostor", new Statement.OpenSession(newId()));
        }
        Opaque resource = new Opaque(Bytes.owned(new byte[] {'k', '1'}), Bytes.owned(new byte[] {'x'}));
        say(taken, "impostor", new Statement.Upsert(resource.keyIn("eastus"), Value.of(resource)));
    }

    /** Everything does a little. */
    private void live() {
        members.values().forEach(Member::tick);
        for (int i = 0; i < 3; i++) {
            anyMember().call.carry();
        }
        zombies.forEach(zombie -> zombie.call.carry());
        buryZombies();
        if (step >= projectorAwayUntil) {
            project();
        }
        for (ReplicaNode replica : replicas) {
            if (random.nextInt(3) > 0) {
                replica.turn();
            }
            replica.work(random.nextInt(10));
        }
        readers.forEach(reader -> reader.grant(random.nextInt(2)));
    }

    private void project() {
        Deciding former = formerDecider;
        if (former != null && random.nextInt(4) == 0) {
            former.turn();
        }
        if (random.nextBoolean()) {
            decider.turn();
        }
        if (decider.resigned()) {
            decider = new Deciding(this);
        }
        if (random.nextInt(3) > 0) {
            fold.fold(1 + random.nextInt(4), nowMs);
        }
        if (random.nextInt(3) > 0) {
            commit();
        }
    }

    private void buryZombies() {
        zombies.removeIf(zombie -> {
            boolean gone = !zombie.call.isOpen();
            if (gone) {
                zombie.outbox.close();
            }
            return gone;
        });
    }

    /** No more faults: everybody comes to the same. */
    private void calm() {
        events.heal();
        zombies.forEach(zombie -> zombie.outbox.close());
        zombies.clear();
        replicas.forEach(replica -> replica.away = false);
        int rounds = 0;
        for (; rounds < CALM_ROUNDS && !settled(); rounds++) {
            calmRound();
        }
        Promise.RELIABLE.require(rounds < CALM_ROUNDS, "it does not settle without faults: %s", this);
        compare();
    }

    private void calmRound() {
        nowMs += 100;
        members.values().forEach(member -> {
            member.tick();
            for (int i = 0; i < 6; i++) {
                member.call.carry();
            }
        });
        decider.turn();
        if (decider.resigned()) {
            decider = new Deciding(this);
        }
        fold.fold(10, nowMs);
        commit();
        replicas.forEach(replica -> {
            replica.turn();
            replica.tick();
            replica.work(40);
        });
        readers.forEach(reader -> {
            if (!reader.isOpen()) {
                reader.attach();
            }
            reader.grant(10);
        });
    }

    private boolean settled() {
        long revision = history.revision();
        return !fold.behind()
                && history.now().values().stream().noneMatch(entry -> entry.kind() == Kind.JOB && !entry.deleted())
                && members.values().stream().allMatch(member -> member.outbox.isSynced())
                && replicas.stream()
                        .allMatch(replica ->
                                replica.synced() && replica.store.position().revision() == revision)
                && replicas.stream().allMatch(replica -> replica.held().equals(history.now()))
                && readers.stream().allMatch(reader -> reader.marked() == revision);
    }

    private void compare() {
        Map<ResourceKey, Declared> there = new TreeMap<>();
        history.now().values().stream()
                .filter(entry -> entry.kind() == Kind.OPAQUE || entry.kind() == Kind.NODE)
                .forEach(entry -> keep(there, entry));
        Map<ResourceKey, Declared> wanted = new TreeMap<>();
        declared.values().forEach(wanted::putAll);
        Promise.LOSSLESS.require(there.equals(wanted), "declared is %s, held is %s", wanted, there);
        Map<ResourceKey, Entry> replayed = FoldInMemory.replayed(events, changelog, mutation);
        Promise.DETERMINISTIC.require(
                replayed.equals(fold.entries()),
                "a fresh fold differs in %s",
                History.difference(replayed, fold.entries()));
        Promise.DETERMINISTIC.require(
                fold.entries().equals(history.now()),
                "the fold and what it said differ in %s",
                History.difference(fold.entries(), history.now()));
        replicas.forEach(replica -> Promise.DETERMINISTIC.require(
                replica.held().equals(history.now()),
                "a replica differs in %s",
                History.difference(replica.held(), history.now())));
    }

    private static void keep(Map<ResourceKey, Declared> there, Entry entry) {
        Value value = Replica.value(entry);
        if (value != null) {
            there.put(entry.key(), (Declared) value.resource());
        }
    }

    @Override
    public String toString() {
        return "revision %d, %d events, behind %s; members %s; replicas %s; readers at %s; jobs %s"
                .formatted(
                        history.revision(),
                        events.size(),
                        fold.behind(),
                        members.values().stream()
                                .map(member -> member.outbox.state())
                                .toList(),
                        replicas.stream().map(ReplicaNode::state).toList(),
                        readers.stream().map(Reader::marked).toList(),
                        history.now().keySet().stream()
                                .filter(key -> key.value().contains("/jobs/"))
                                .toList());
    }
}
