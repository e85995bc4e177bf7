package io.meshlog.meshapi.command;

import io.grpc.stub.StreamObserver;
import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.writing.Refusals;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.AdvanceHorizonRequest;
import io.meshlog.schemas.v1.Checkpoint;
import io.meshlog.schemas.v1.CheckpointRequest;
import io.meshlog.schemas.v1.CheckpointResponse;
import io.meshlog.schemas.v1.CommandResponse;
import io.meshlog.schemas.v1.ExpelRequest;
import io.meshlog.schemas.v1.ListCheckpointsRequest;
import io.meshlog.schemas.v1.ListCheckpointsResponse;
import io.meshlog.schemas.v1.RaiseFeatureLevelRequest;
import io.meshlog.schemas.v1.RefoundRequest;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Admin} service: each call but the list of checkpoints is one event, answered when the fleet has decided it.
 * Never blocks.
 */
public final class AdminService extends AdminGrpc.AdminImplBase {
    /** Forgetting deletes leaves the window of past versions as it is. */
    private static final long KEEP_VERSIONS = 0;

    private static final int MAX_REASON = 1_000;

    private final CommandSession session;
    private final CheckpointCatalog checkpoints;

    public AdminService(CommandSession session, CheckpointCatalog checkpoints) {
        this.session = session;
        this.checkpoints = checkpoints;
    }

    @Override
    public void admit(AdmitRequest request, StreamObserver<CommandResponse> responses) {
        if (!request.hasCluster()) {
            responses.onError(GrpcStatuses.of(Failure.INVALID, "cluster: is not set"));
            return;
        }
        give(new Statement.Admit(ResourceProtos.cluster(request.getCluster())), responses);
    }

    @Override
    public void expel(ExpelRequest request, StreamObserver<CommandResponse> responses) {
        if (request.getCluster().isEmpty()) {
            responses.onError(GrpcStatuses.of(Failure.INVALID, "cluster: is empty"));
            return;
        }
        give(new Statement.Expel(request.getCluster(), request.getReason()), responses);
    }

    @Override
    public void advanceHorizon(AdvanceHorizonRequest request, StreamObserver<CommandResponse> responses) {
        long below = request.getBelowRevision();
        if (below < 1) {
            responses.onError(
                    GrpcStatuses.of(Failure.INVALID, "below_revision: is %d, revisions begin with 1".formatted(below)));
            return;
        }
        give(new Statement.AdvanceHorizon(below, KEEP_VERSIONS), responses);
    }

    /** A digest that an operator asks for is one the projector makes a checkpoint after. */
    @Override
    public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointResponse> responses) {
        String principal = AccessInterceptor.caller().name();
        var unused = checkpoints
                .end()
                .thenCompose(place -> session.give(principal, new Statement.AskDigest())
                        .thenApply(answer -> {
                            requireApplied(answer);
                            return CheckpointResponse.newBuilder()
                                    .setRevision(answer.revision())
                                    .setPlace(place)
                                    .build();
                        }))
                .whenComplete((response, failed) -> respond(response, failed, responses));
    }

    @Override
    public void listCheckpoints(ListCheckpointsRequest request, StreamObserver<ListCheckpointsResponse> responses) {
        if (request.getLimit() < 0) {
            responses.onError(GrpcStatuses.of(Failure.INVALID, "limit: is %d".formatted(request.getLimit())));
            return;
        }
        var unused = checkpoints
                .list(request.getLimit() == 0 ? CheckpointTopic.MOST : request.getLimit())
                .thenApply(AdminService::response)
                .whenComplete((response, failed) -> respond(response, failed, responses));
    }

    private static ListCheckpointsResponse response(List<Seal> seals) {
        ListCheckpointsResponse.Builder response = ListCheckpointsResponse.newBuilder();
        for (Seal seal : seals) {
            response.addCheckpoints(Checkpoint.newBuilder()
                    .setId(seal.checkpoint().id().toString())
                    .setLogId(seal.checkpoint().logId().toString())
                    .setRevision(seal.checkpoint().revision())
                    .setEventOffset(seal.checkpoint().eventOffset())
                    .setFeatureLevel(seal.checkpoint().featureLevel())
                    .setParts(seal.checkpoint().parts())
                    .setBytes(seal.bytes())
                    .setTookMs(seal.tookMs())
                    .setWrittenAtMs(seal.writtenAtMs())
                    .setPlace(seal.offset()));
        }
        return response.build();
    }

    @Override
    public void refound(RefoundRequest request, StreamObserver<CommandResponse> responses) {
        String reason = request.getReason();
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            responses.onError(GrpcStatuses.of(
                    Failure.INVALID,
                    "reason: has %d characters, 1 to %d are needed".formatted(reason.length(), MAX_REASON)));
            return;
        }
        give(new Statement.Refound(UUID.randomUUID(), reason), responses);
    }

    /** A level this release does not know would stop it, and everything of its age. */
    @Override
    public void raiseFeatureLevel(RaiseFeatureLevelRequest request, StreamObserver<CommandResponse> responses) {
        int level = request.getLevel();
        if (level < 1 || level > FleetFold.FEATURE_LEVEL) {
            responses.onError(GrpcStatuses.of(
                    Failure.INVALID,
                    "level: is %d, this release knows 1 to %d".formatted(level, FleetFold.FEATURE_LEVEL)));
            return;
        }
        give(new Statement.RaiseFeatureLevel(level), responses);
    }

    private void give(Statement statement, StreamObserver<CommandResponse> responses) {
        var unused = session.give(AccessInterceptor.caller().name(), statement)
                .thenApply(answer -> {
                    requireApplied(answer);
                    return CommandResponse.newBuilder()
                            .setRevision(answer.revision())
                            .setChanged(answer.code() == AnswerCode.APPLIED)
                            .build();
                })
                .whenComplete((response, failed) -> respond(response, failed, responses));
    }

    private static <R> void respond(@Nullable R response, @Nullable Throwable failed, StreamObserver<R> responses) {
        if (failed != null) {
            Throwable cause = failed instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : failed;
            responses.onError(GrpcStatuses.of(cause));
        } else {
            responses.onNext(Objects.requireNonNull(response));
            responses.onCompleted();
        }
    }

    private static void requireApplied(Answer answer) {
        switch (answer.code()) {
            case APPLIED, UNCHANGED, DUPLICATE -> {
                // as it was commanded, or so already
            }
            case REFUSED -> throw GrpcStatuses.of(Failure.REFUSED, Refusals.inWords(answer));
            case FENCED, GAP -> throw GrpcStatuses.of(Failure.UNDECIDED, Refusals.inWords(answer));
        }
    }
}
