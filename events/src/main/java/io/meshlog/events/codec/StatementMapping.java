package io.meshlog.events.codec;

import static io.meshlog.events.codec.ContractText.key;
import static io.meshlog.events.codec.ContractText.keyOrNull;
import static io.meshlog.events.codec.ContractText.textOrNull;
import static io.meshlog.events.codec.FleetMapping.symbol;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Value;
import io.meshlog.schemas.avro.CompareResult;
import io.meshlog.schemas.avro.CompareTarget;
import io.meshlog.schemas.avro.EventOp;
import io.meshlog.schemas.avro.Founding;
import io.meshlog.schemas.avro.Frame;
import io.meshlog.schemas.avro.MeshEvent;
import io.meshlog.schemas.avro.OperationType;
import io.meshlog.schemas.avro.Txn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What events say, model and contract. */
final class StatementMapping {
    private StatementMapping() {}

    /** Writes the statement's op and payload into the event. */
    static void put(MeshEvent event, Statement statement) {
        event.setOp(op(statement));
        switch (statement) {
            case Statement.Found found ->
                event.setFounding(
                        new Founding(found.name(), found.logId(), found.featureLevel(), found.maxConnectedClusters()));
            case Statement.Refound refound -> {
                event.setFounding(new Founding("", refound.logId(), 0, 0));
                event.setReason(refound.reason());
            }
            case Statement.RaiseFeatureLevel raise -> event.setFeatureLevel(raise.level());
            case Statement.Admit admit -> event.setAdmission(FleetMapping.cluster(admit.cluster()));
            case Statement.Expel expel -> {
                event.setExpelled(expel.cluster());
                event.setReason(expel.reason());
            }
            case Statement.OpenSession opening -> event.setIncarnation(opening.incarnation());
            case Statement.Upsert upsert -> {
                event.setKey(textOrNull(upsert.key()));
                DeclaredMapping.put(event, upsert.value());
            }
            case Statement.Delete delete -> event.setKey(textOrNull(delete.key()));
            case Statement.Frame frame ->
                event.setFrame(new Frame(
                        textOrNull(frame.from()),
                        textOrNull(frame.to()),
                        frame.resources().stream()
                                .map(DeclaredMapping::toResource)
                                .toList()));
            case Statement.Transaction txn -> event.setTxn(txn(txn));
            case Statement.Step step -> event.setJob(step.job());
            case Statement.AdvanceHorizon horizon -> {
                event.setHorizon(horizon.below());
                event.setVersionFloor(horizon.versionFloor());
            }
            case Statement.AskDigest ask -> {
                // the op says it all
            }
            case Statement.Skip skip -> {
                event.setSkipOffset(skip.offset());
                event.setReason(skip.reason());
            }
            case Statement.Malformed malformed -> throw new IllegalArgumentException("nobody says what is malformed");
        }
    }

    private static EventOp op(Statement statement) {
        return switch (statement) {
            case Statement.Found found -> EventOp.FOUND;
            case Statement.Refound refound -> EventOp.REFOUND;
            case Statement.RaiseFeatureLevel raise -> EventOp.FEATURE_LEVEL;
            case Statement.Admit admit -> EventOp.ADMIT;
            case Statement.Expel expel -> EventOp.EXPEL;
            case Statement.OpenSession opening -> EventOp.SESSION_OPEN;
            case Statement.Upsert upsert -> EventOp.UPSERT;
            case Statement.Delete delete -> EventOp.DELETE;
            case Statement.Frame frame -> EventOp.FRAME;
            case Statement.Transaction txn -> EventOp.TXN;
            case Statement.Step step -> EventOp.STEP;
            case Statement.AdvanceHorizon horizon -> EventOp.HORIZON;
            case Statement.AskDigest ask -> EventOp.DIGEST;
            case Statement.Skip skip -> EventOp.SKIP;
            case Statement.Malformed malformed -> EventOp.UNKNOWN;
        };
    }

    /**
     * @throws UnknownOpException if this version does not know what the event says
     * @throws MalformedRecordException if the event has not what its op needs, or something else besides
     */
    static Statement get(MeshEvent event) {
        EventPayloads.check(event);
        return switch (event.getOp()) {
            case UNKNOWN -> throw new UnknownOpException(event.getEventId().toString());
            case FOUND -> {
                Founding founding = need(event.getFounding());
                yield new Statement.Found(
                        founding.getName(),
                        founding.getLogId(),
                        founding.getFeatureLevel(),
                        founding.getMaxConnectedClusters());
            }
            case REFOUND -> new Statement.Refound(need(event.getFounding()).getLogId(), reason(event));
            case FEATURE_LEVEL -> new Statement.RaiseFeatureLevel(need(event.getFeatureLevel()));
            case ADMIT -> new Statement.Admit(FleetMapping.cluster(need(event.getAdmission())));
            case EXPEL -> new Statement.Expel(need(event.getExpelled()), reason(event));
            case SESSION_OPEN -> new Statement.OpenSession(need(event.getIncarnation()));
            case UPSERT ->
                new Statement.Upsert(
                        key(need(event.getKey())),
                        new Value(need(DeclaredMapping.get(event)), DeclaredMapping.bytes(event.getExact())));
            case DELETE -> new Statement.Delete(key(need(event.getKey())));
            case FRAME -> frame(need(event.getFrame()));
            case TXN -> txn(need(event.getTxn()));
            case STEP -> new Statement.Step(need(event.getJob()));
            case HORIZON -> {
                Long floor = event.getVersionFloor();
                yield new Statement.AdvanceHorizon(need(event.getHorizon()), floor == null ? 0 : floor);
            }
            case DIGEST -> new Statement.AskDigest();
            case SKIP -> new Statement.Skip(need(event.getSkipOffset()), reason(event));
        };
    }

    private static String reason(MeshEvent event) {
        String reason = event.getReason();
        return reason == null ? "" : reason;
    }

    private static <T> T need(@Nullable T payload) {
        if (payload == null) {
            throw new MalformedRecordException("a statement that is not whole");
        }
        return payload;
    }

    private static Statement.Frame frame(Frame frame) {
        return new Statement.Frame(
                keyOrNull(frame.getFrom()),
                keyOrNull(frame.getTo()),
                frame.getResources().stream().map(DeclaredMapping::toValue).toList());
    }

    private static Txn txn(Statement.Transaction txn) {
        return new Txn(
                txn.compares().stream().map(StatementMapping::compare).toList(),
                operations(txn.success()),
                operations(txn.failure()));
    }

    private static Statement.Transaction txn(Txn txn) {
        return new Statement.Transaction(
                txn.getCompares().stream().map(StatementMapping::compare).toList(),
                modelOperations(txn.getSuccess()),
                modelOperations(txn.getFailure()));
    }

    private static io.meshlog.schemas.avro.Compare compare(Compare compare) {
        Value value = compare.value();
        return new io.meshlog.schemas.avro.Compare(
                ContractText.keyText(compare.key().value()),
                textOrNull(compare.rangeEnd()),
                symbol(CompareTarget.class, compare.target()),
                symbol(CompareResult.class, compare.result()),
                compare.number(),
                value == null ? null : DeclaredMapping.toResource(value));
    }

    private static Compare compare(io.meshlog.schemas.avro.Compare compare) {
        io.meshlog.schemas.avro.Resource value = compare.getValue();
        return new Compare(
                key(compare.getKey()),
                keyOrNull(compare.getRangeEnd()),
                symbol(Compare.Target.class, compare.getTarget()),
                symbol(Compare.Result.class, compare.getResult()),
                compare.getNumber(),
                value == null ? null : DeclaredMapping.toValue(value));
    }

    private static List<io.meshlog.schemas.avro.Operation> operations(List<Operation> operations) {
        return operations.stream().map(StatementMapping::operation).toList();
    }

    private static io.meshlog.schemas.avro.Operation operation(Operation operation) {
        return switch (operation) {
            case Operation.Put(Value value, long lease) ->
                new io.meshlog.schemas.avro.Operation(
                        OperationType.PUT, DeclaredMapping.toResource(value), null, null, lease);
            case Operation.DeleteRange(ResourceKey key, ResourceKey rangeEnd) ->
                new io.meshlog.schemas.avro.Operation(
                        OperationType.DELETE, null, textOrNull(key), textOrNull(rangeEnd), 0L);
            case Operation.Read(ResourceKey key, ResourceKey rangeEnd) ->
                new io.meshlog.schemas.avro.Operation(
                        OperationType.READ, null, textOrNull(key), textOrNull(rangeEnd), 0L);
        };
    }

    private static List<Operation> modelOperations(List<io.meshlog.schemas.avro.Operation> operations) {
        return operations.stream().map(StatementMapping::operation).toList();
    }

    private static Operation operation(io.meshlog.schemas.avro.Operation operation) {
        return switch (operation.getType()) {
            case PUT -> new Operation.Put(DeclaredMapping.toValue(need(operation.getResource())), operation.getLease());
            case DELETE -> new Operation.DeleteRange(key(need(operation.getKey())), keyOrNull(operation.getRangeEnd()));
            case READ -> new Operation.Read(key(need(operation.getKey())), keyOrNull(operation.getRangeEnd()));
            case UNKNOWN -> throw new MalformedRecordException("an operation of an unknown type");
        };
    }
}
