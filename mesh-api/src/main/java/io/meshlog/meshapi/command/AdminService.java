package io.meshlog.meshapi.command;

import io.grpc.stub.StreamObserver;
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
import io.meshlog.schemas.v1.CommandResponse;
import io.meshlog.schemas.v1.ExpelRequest;
import java.util.concurrent.CompletionException;

/** The {@code Admin} service: each call is one event, answered when the fleet has decided it. Never blocks. */
public final class AdminService extends AdminGrpc.AdminImplBase {
    /** Forgetting deletes leaves the window of past versions as it is. */
    private static final long KEEP_VERSIONS = 0;

    private final CommandSession session;

    public AdminService(CommandSession session) {
        this.session = session;
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

    private void give(Statement statement, StreamObserver<CommandResponse> responses) {
        String principal = AccessInterceptor.caller().name();
        var unused = session.give(principal, statement).whenComplete((answer, failed) -> {
            if (failed != null) {
                Throwable cause = failed instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failed;
                responses.onError(GrpcStatuses.of(cause));
            } else {
                answer(answer, responses);
            }
        });
    }

    private static void answer(Answer answer, StreamObserver<CommandResponse> responses) {
        switch (answer.code()) {
            case APPLIED, UNCHANGED, DUPLICATE -> {
                responses.onNext(CommandResponse.newBuilder()
                        .setRevision(answer.revision())
                        .setChanged(answer.code() == AnswerCode.APPLIED)
                        .build());
                responses.onCompleted();
            }
            case REFUSED -> responses.onError(GrpcStatuses.of(Failure.REFUSED, Refusals.inWords(answer)));
            case FENCED, GAP -> responses.onError(GrpcStatuses.of(Failure.UNDECIDED, Refusals.inWords(answer)));
        }
    }
}
