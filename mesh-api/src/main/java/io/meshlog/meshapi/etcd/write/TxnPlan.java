package io.meshlog.meshapi.etcd.write;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.Layout.Stretch;
import io.meshlog.events.etcd.value.InvalidValueException;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.schemas.etcd.Compare.CompareResult;
import io.meshlog.schemas.etcd.Compare.CompareTarget;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A transaction of etcd as a statement of one cluster. Whatever the fleet could not decide as etcd would is refused before it
 * is said.
 */
final class TxnPlan {
    private final Writer writer;
    private final Set<String> clusters = new HashSet<>();
    private final List<Long> leases = new ArrayList<>();
    private final List<Compare> compares = new ArrayList<>();
    private final List<Operation> success;
    private final List<Operation> failure;

    /** @throws io.grpc.StatusRuntimeException if it is refused */
    TxnPlan(Writer writer, TxnRequest request) {
        this.writer = writer;
        request.getCompareList().forEach(compare -> compares.add(compare(compare)));
        success = operations(request.getSuccessList());
        failure = operations(request.getFailureList());
    }

    /** Whether it writes nothing, whatever holds. */
    static boolean onlyReads(TxnRequest request) {
        return Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream())
                .allMatch(operation -> operation.hasRequestRange());
    }

    /** Whose write it is. */
    String cluster() {
        if (clusters.size() > 1) {
            throw EtcdErrors.unimplemented(
                    "one transaction writes one cluster's keys, not those of %s".formatted(clusters));
        }
        return clusters.iterator().next();
    }

    /** The leases its puts attach keys to. */
    List<Long> leases() {
        return leases;
    }

    /** Adds a condition of our own. */
    void require(Compare compare) {
        compares.add(compare);
    }

    Statement.Transaction statement() {
        return new Statement.Transaction(compares, success, failure);
    }

    private Compare compare(io.meshlog.schemas.etcd.Compare compare) {
        String key = KeyRange.text(compare.getKey());
        KeyPlace place = Layout.owner(key, writer.view());
        if (place == null) {
            throw EtcdErrors.unimplemented("a transaction cannot compare this key: it is in no log");
        }
        CompareTarget target = compare.getTarget();
        Compare.Result result = result(compare.getResult());
        if (target == CompareTarget.VALUE && (result == Compare.Result.LESS || result == Compare.Result.GREATER)) {
            throw EtcdErrors.unimplemented("values are compared for being equal or not, not for their order");
        }
        if (target == CompareTarget.VALUE && !compare.getRangeEnd().isEmpty()) {
            // the fold compares whole resources, and those of different keys are never equal
            throw EtcdErrors.unimplemented("the values of a range are not compared in a transaction that writes");
        }
        return new Compare(
                place.resource(),
                compare.getRangeEnd().isEmpty() ? null : endOf(compare),
                target(target),
                result,
                number(compare),
                target == CompareTarget.VALUE ? value(place, compare.getValue()) : null);
    }

    private ResourceKey endOf(io.meshlog.schemas.etcd.Compare compare) {
        KeyRange range = KeyRange.of(compare.getKey(), compare.getRangeEnd());
        List<Stretch> stretches = Layout.stretches(range, writer.view());
        ResourceKey end = stretches.size() == 1 ? stretches.getFirst().end() : null;
        if (end == null) {
            throw EtcdErrors.unimplemented("a compare on a range is of one kind of one cluster's keys");
        }
        return end;
    }

    private static Compare.Target target(CompareTarget target) {
        return switch (target) {
            case VERSION -> Compare.Target.VERSION;
            case CREATE -> Compare.Target.CREATE_REVISION;
            case MOD -> Compare.Target.MOD_REVISION;
            case VALUE -> Compare.Target.VALUE;
            case LEASE -> Compare.Target.LEASE;
            case UNRECOGNIZED -> throw EtcdErrors.invalid("a compare of an unknown target");
        };
    }

    private static Compare.Result result(CompareResult result) {
        return switch (result) {
            case EQUAL -> Compare.Result.EQUAL;
            case GREATER -> Compare.Result.GREATER;
            case LESS -> Compare.Result.LESS;
            case NOT_EQUAL -> Compare.Result.NOT_EQUAL;
            case UNRECOGNIZED -> throw EtcdErrors.invalid("a compare with an unknown result");
        };
    }

    private static long number(io.meshlog.schemas.etcd.Compare compare) {
        return switch (compare.getTarget()) {
            case VERSION -> compare.getVersion();
            case CREATE -> compare.getCreateRevision();
            case MOD -> compare.getModRevision();
            case LEASE -> compare.getLease();
            case VALUE, UNRECOGNIZED -> 0;
        };
    }

    private static Value value(KeyPlace place, ByteString bytes) {
        try {
            return place.valueOf(bytes.toByteArray());
        } catch (InvalidValueException wrong) {
            throw EtcdErrors.invalid("%s: %s".formatted(place.key(), wrong.getMessage()));
        }
    }

    private List<Operation> operations(List<RequestOp> requests) {
        List<Operation> operations = new ArrayList<>();
        boolean wrote = false;
        boolean readAfter = false;
        for (RequestOp request : requests) {
            switch (request.getRequestCase()) {
                case REQUEST_RANGE -> readAfter = wrote;
                case REQUEST_PUT -> {
                    operations.add(put(request.getRequestPut()));
                    wrote = true;
                }
                case REQUEST_DELETE_RANGE -> {
                    operations.addAll(delete(request.getRequestDeleteRange()));
                    wrote = true;
                }
                case REQUEST_TXN -> throw EtcdErrors.unimplemented("a transaction within a transaction");
                case REQUEST_NOT_SET -> throw EtcdErrors.keyNotFound();
            }
            if (readAfter && !request.hasRequestRange()) {
                throw EtcdErrors.unimplemented("a read between two writes of one transaction");
            }
        }
        return operations;
    }

    private Operation put(PutRequest request) {
        if (request.getIgnoreValue() || request.getIgnoreLease()) {
            throw EtcdErrors.unimplemented("ignore_value and ignore_lease within a transaction");
        }
        KeyPlace place = writer.place(KeyRange.text(request.getKey()));
        clusters.add(place.cluster());
        if (request.getLease() != 0) {
            leases.add(request.getLease());
        }
        Value value = value(place, request.getValue());
        requireNamed(place, value);
        return new Operation.Put(value, request.getLease());
    }

    /** The fleet files a value under its own name, so that has to be the key's. */
    private static void requireNamed(KeyPlace place, Value value) {
        if (!(value.resource() instanceof Declared declared)
                || !declared.keyIn(place.cluster()).equals(place.resource())) {
            throw EtcdErrors.invalid("%s: the value is of another name than its key".formatted(place.key()));
        }
    }

    private List<Operation> delete(DeleteRangeRequest request) {
        KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
        if (range.isSingle()) {
            KeyPlace place = writer.place(range.start());
            clusters.add(place.cluster());
            return List.of(new Operation.DeleteRange(place.resource(), null));
        }
        if (request.getKey().isEmpty()) {
            throw EtcdErrors.emptyKey();
        }
        List<Operation> operations = new ArrayList<>();
        Set<ResourceKey> seen = new HashSet<>();
        for (Stretch stretch : Layout.stretches(range, writer.view())) {
            if (stretch.cluster() == null) {
                throw EtcdErrors.unimplemented(
                        "a range to delete has to name one cluster; this one meets keys of all of them");
            }
            writer.requireCluster(stretch.cluster(), range.start());
            clusters.add(stretch.cluster());
            // the same resources are seen under two keys; they are deleted once
            if (seen.add(stretch.start())) {
                operations.add(new Operation.DeleteRange(stretch.start(), stretch.end()));
            }
        }
        if (operations.isEmpty()) {
            throw EtcdErrors.invalid("a range in which nothing can be; whose it would be is not known either");
        }
        return operations;
    }

    /** A condition that holds while a resource is as it was last seen. */
    static Compare unchanged(ResourceKey key, long modRevision) {
        return new Compare(key, null, Compare.Target.MOD_REVISION, Compare.Result.EQUAL, modRevision, null);
    }

    /** A condition that holds while there is something under a key. */
    static Compare exists(ResourceKey key) {
        return new Compare(key, null, Compare.Target.VERSION, Compare.Result.GREATER, 0, null);
    }
}
