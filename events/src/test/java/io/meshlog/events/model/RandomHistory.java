package io.meshlog.events.model;

import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Events of every op and changes of every kind, the same ones for the same seed. Well-formed, but not a history that a
 * fold would accept.
 */
public final class RandomHistory {
    private final RandomResources resources;
    private final Random random;

    public RandomHistory(long seed) {
        this.resources = new RandomResources(seed);
        this.random = resources.random();
    }

    /** One statement of each op. */
    public List<Statement> statements() {
        return List.of(
                new Statement.Found("fleet", uuid(), 1, 255),
                new Statement.Refound(uuid(), resources.text()),
                new Statement.RaiseFeatureLevel(1 + random.nextInt(9)),
                new Statement.Admit(cluster()),
                new Statement.Expel(resources.name(), resources.text()),
                new Statement.OpenSession(uuid()),
                upsert(),
                new Statement.Delete(key()),
                new Statement.Frame(orNull(this::key), orNull(this::key), values()),
                transaction(),
                new Statement.Step(random.nextLong(1L << 40)),
                new Statement.AdvanceHorizon(random.nextLong(1L << 40), random.nextLong(1L << 40)),
                new Statement.AskDigest(),
                new Statement.Skip(random.nextLong(1L << 40), resources.text()));
    }

    public Statement.Upsert upsert() {
        Value value = resources.value();
        return new Statement.Upsert(((Declared) value.resource()).keyIn("eastus"), value);
    }

    private Statement.Transaction transaction() {
        List<Compare> compares = new ArrayList<>();
        for (Compare.Target target : Compare.Target.values()) {
            Compare.Result[] results = Compare.Result.values();
            compares.add(new Compare(
                    key(),
                    orNull(this::key),
                    target,
                    results[random.nextInt(results.length)],
                    random.nextLong(1L << 40),
                    target == Compare.Target.VALUE ? resources.value() : null));
        }
        return new Statement.Transaction(compares, operations(), operations());
    }

    private List<Operation> operations() {
        return List.of(
                new Operation.Put(resources.value(), random.nextLong(1L << 40)),
                new Operation.DeleteRange(key(), orNull(this::key)),
                new Operation.Read(key(), orNull(this::key)));
    }

    public MeshEvent event(Statement statement) {
        Sender sender = new Sender(
                orNull(() -> "eastus"),
                resources.text(),
                resources.text(),
                resources.name(),
                random.nextLong(1L << 40),
                random.nextLong(1L << 40));
        return new MeshEvent(uuid(), sender, micros(), statement);
    }

    /** One value of each kind. */
    public List<Value> valuesOfAllKinds() {
        return List.of(
                Value.of(resources.node()),
                Value.of(resources.identity()),
                Value.of(resources.endpoint()),
                Value.of(resources.service()),
                Value.of(resources.slice()),
                Value.of(resources.opaque()),
                Value.of(new Violation(key().value(), any(Rule.values()), resources.text())),
                Value.of(cluster()),
                Value.of(session()),
                Value.of(job()),
                Value.of(new Fleet("fleet", uuid(), 1, 511, random.nextLong(1L << 40), random.nextLong(1L << 40))),
                Value.of(new Digest(List.of(
                        new Digest.ClusterDigest("eastus", random.nextInt(), hash()),
                        new Digest.ClusterDigest("westeurope", random.nextInt(), hash())))),
                Value.of(resources.export()),
                Value.of(resources.policy()),
                Value.of(resources.config()));
    }

    private Session session() {
        Answer answer = new Answer(
                random.nextLong(1L << 40),
                random.nextLong(1L << 40),
                any(AnswerCode.values()),
                random.nextLong(1L << 40),
                orNull(() -> any(Rule.values())),
                orNull(resources::text),
                random.nextInt(1 << 20),
                orNull(random::nextBoolean),
                List.of(random.nextLong(1L << 40), 0L));
        return new Session(
                resources.name(),
                orNull(() -> "eastus"),
                resources.text(),
                uuid(),
                random.nextLong(1L << 40),
                random.nextLong(1L << 40),
                random.nextLong(1L << 40),
                orNull(this::key),
                random.nextBoolean(),
                orNull(() -> answer));
    }

    private Job job() {
        return new Job(
                random.nextLong(1L << 40),
                any(Job.Type.values()),
                orNull(() -> "eastus"),
                orNull(this::key),
                orNull(this::key),
                random.nextInt(2),
                orNull(resources::name),
                values());
    }

    private Cluster cluster() {
        return new Cluster(
                resources.name(),
                random.nextInt(512),
                List.of("10.1.0.0/16", "fd00:1::/64"),
                random.nextBoolean() ? List.of() : List.of("172.1.0.0/16"),
                random.nextInt(1 << 20));
    }

    /** The change that makes this the value of its key; {@code encode} is the encoding of values. */
    public FleetChange change(Value value, Function<Value, EncodedValue> encode) {
        Kind kind = value.resource().kind();
        Op op = switch (kind) {
            case SESSION -> Op.TRACE;
            case DIGEST -> Op.DIGEST;
            default -> Op.UPSERT;
        };
        return change(op, kind, encode.apply(value));
    }

    public FleetChange delete() {
        return change(Op.DELETE, Kind.SERVICE, null);
    }

    private FleetChange change(Op op, Kind kind, @Nullable EncodedValue value) {
        return new FleetChange(
                random.nextLong(1L << 40),
                random.nextInt(4_096),
                random.nextInt(4_096),
                op,
                kind,
                key(),
                random.nextLong(1L << 40),
                random.nextLong(1L << 40),
                any(Origin.values()),
                random.nextLong(),
                new Provenance(orNull(() -> "eastus"), resources.text(), uuid(), random.nextLong(1L << 40), micros()),
                value);
    }

    private List<Value> values() {
        return List.of(resources.value(), resources.value(), resources.value());
    }

    private ResourceKey key() {
        return resources.declared().keyIn("eastus");
    }

    private Hash128 hash() {
        return new Hash128(random.nextLong(), random.nextLong());
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private OptionalLong micros() {
        return random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty();
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> @Nullable T orNull(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }
}
