package io.meshlog.events.model;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an event says; one record for each op of the Avro contract. */
public sealed interface Statement {

    /** The beginning of a log; the first event there is. */
    record Found(String name, UUID logId, int featureLevel, int maxConnectedClusters) implements Statement {}

    /** A new log id after acknowledged events were lost: every client resyncs. */
    record Refound(UUID logId, String reason) implements Statement {}

    /** Raises the level of behaviour everything that folds is bound to. */
    record RaiseFeatureLevel(int level) implements Statement {}

    /** Admits a cluster, or changes what it is admitted with. */
    record Admit(Cluster cluster) implements Statement {}

    /** Takes a cluster and everything it declared out of the fleet. */
    record Expel(String cluster, String reason) implements Statement {}

    /** Opens a session; idempotent by its incarnation. */
    record OpenSession(UUID incarnation) implements Statement {}

    /** The resource is now this. */
    record Upsert(ResourceKey key, Value value) implements Statement {}

    /** The resource is gone. */
    record Delete(ResourceKey key) implements Statement {}

    /**
     * Of the writer's keys in (from, to] exactly these exist.
     *
     * @param from null for the beginning
     * @param to null for the end, which completes the snapshot
     * @param resources sorted by key
     */
    record Frame(@Nullable ResourceKey from, @Nullable ResourceKey to, List<Value> resources) implements Statement {
        public Frame {
            resources = List.copyOf(resources);
        }
    }

    /** Compares and the operations that follow from them, decided as one write. */
    record Transaction(List<Compare> compares, List<Operation> success, List<Operation> failure) implements Statement {
        public Transaction {
            compares = List.copyOf(compares);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }
    }

    /** One bounded write of a job. */
    record Step(long job) implements Statement {}

    /** Deletes below this revision are forgotten; past versions are kept from the floor on. */
    record AdvanceHorizon(long below, long versionFloor) implements Statement {}

    /** Asks the fold to say what every replica must hold. */
    record AskDigest() implements Statement {}

    /** Passes over the event at that offset, which the fold could not decide. */
    record Skip(long offset, String reason) implements Statement {}

    /**
     * A record that could not be read under its own schema: decided as a lasting refusal.
     *
     * @param error what the decoder said
     */
    record Malformed(String error) implements Statement {}

    /**
     * A condition of a transaction on a key, or on every key of a range (and then on none, where the range is empty).
     *
     * @param rangeEnd the key the range ends before, null for a single key
     * @param number what VERSION, CREATE_REVISION, MOD_REVISION and LEASE are compared with
     * @param value what VALUE is compared with
     */
    record Compare(
            ResourceKey key,
            @Nullable ResourceKey rangeEnd,
            Target target,
            Result result,
            long number,
            @Nullable Value value) {

        /** What is compared. */
        public enum Target {
            VERSION,
            CREATE_REVISION,
            MOD_REVISION,
            VALUE,
            LEASE
        }

        /** How it is compared. */
        public enum Result {
            EQUAL,
            GREATER,
            LESS,
            NOT_EQUAL
        }
    }

    /** One operation of a transaction. */
    sealed interface Operation {
        /** Writes the resource, also when it is equal to what is there. */
        record Put(Value value, long lease) implements Operation {}

        /** Deletes a key, or the keys from it up to before the end. */
        record DeleteRange(ResourceKey key, @Nullable ResourceKey rangeEnd) implements Operation {}

        /** Changes nothing; the answering replica serves it at the answer's revision. */
        record Read(ResourceKey key, @Nullable ResourceKey rangeEnd) implements Operation {}
    }
}
