package io.meshlog.events.codec;

import io.meshlog.events.model.Job;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Value;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The oldest release of the contracts that can hold something. A function of the content alone, so that every fold of one
 * log writes the same bytes, whatever release it was built with.
 */
final class Releases {
    private static final int FIRST = 1;
    /** Brought service exports, policies and cluster configs. */
    private static final int SECOND = 2;

    private Releases() {}

    static int of(Kind kind) {
        return switch (kind) {
            case NODE,
                    IDENTITY,
                    ENDPOINT,
                    SERVICE,
                    ENDPOINT_SLICE,
                    OPAQUE,
                    VIOLATION,
                    CLUSTER,
                    SESSION,
                    JOB,
                    FLEET,
                    DIGEST -> FIRST;
            case SERVICE_EXPORT, POLICY, CLUSTER_CONFIG -> SECOND;
        };
    }

    static int of(Value value) {
        return value.resource() instanceof Job job
                ? newest(job.resources().stream())
                : of(value.resource().kind());
    }

    static int of(Statement statement) {
        return switch (statement) {
            case Statement.Upsert upsert -> of(upsert.value());
            case Statement.Frame frame -> newest(frame.resources().stream());
            case Statement.Transaction txn ->
                newest(Stream.concat(
                        txn.compares().stream().map(Statement.Compare::value),
                        Stream.of(txn.success(), txn.failure())
                                .flatMap(List::stream)
                                .map(operation -> operation instanceof Operation.Put put ? put.value() : null)));
            case Statement.Found none -> FIRST;
            case Statement.Refound none -> FIRST;
            case Statement.RaiseFeatureLevel none -> FIRST;
            case Statement.Admit none -> FIRST;
            case Statement.Expel none -> FIRST;
            case Statement.OpenSession none -> FIRST;
            case Statement.Delete none -> FIRST;
            case Statement.Step none -> FIRST;
            case Statement.AdvanceHorizon none -> FIRST;
            case Statement.AskDigest none -> FIRST;
            case Statement.Skip none -> FIRST;
            case Statement.Malformed none -> FIRST;
        };
    }

    private static int newest(Stream<@Nullable Value> values) {
        return values.mapToInt(value -> value == null ? FIRST : of(value)).max().orElse(FIRST);
    }
}
