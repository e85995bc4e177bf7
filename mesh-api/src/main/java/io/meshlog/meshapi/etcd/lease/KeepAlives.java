package io.meshlog.meshapi.etcd.lease;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.etcd.wire.Answers;
import io.meshlog.schemas.etcd.LeaseKeepAliveRequest;
import io.meshlog.schemas.etcd.LeaseKeepAliveResponse;

/** A stream on which a client keeps leases alive. Answers come from several threads, one at a time. */
final class KeepAlives implements StreamObserver<LeaseKeepAliveRequest> {
    private final LeaseService leases;
    private final Principal caller;
    private final StreamObserver<LeaseKeepAliveResponse> answers;
    private boolean over;

    KeepAlives(LeaseService leases, Principal caller, StreamObserver<LeaseKeepAliveResponse> answers) {
        this.leases = leases;
        this.caller = caller;
        this.answers = answers;
    }

    @Override
    public void onNext(LeaseKeepAliveRequest request) {
        try {
            var unused = leases.keepAlive(caller, request.getID()).whenComplete((seconds, failed) -> {
                if (failed == null) {
                    answer(request.getID(), seconds);
                } else {
                    fail(failed);
                }
            });
        } catch (RuntimeException refused) {
            fail(refused);
        }
    }

    private synchronized void answer(long id, long seconds) {
        if (!over) {
            try {
                answers.onNext(leases.alive(id, seconds));
            } catch (RuntimeException failed) {
                fail(failed);
            }
        }
    }

    private synchronized void fail(Throwable failed) {
        if (!over) {
            over = true;
            Answers.refuse(answers, failed);
        }
    }

    @Override
    public synchronized void onError(Throwable gone) {
        over = true;
    }

    @Override
    public synchronized void onCompleted() {
        if (!over) {
            over = true;
            answers.onCompleted();
        }
    }
}
