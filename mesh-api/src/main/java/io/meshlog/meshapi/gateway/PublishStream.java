package io.meshlog.meshapi.gateway;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.writing.Refusals;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's stream, from its Open to its end.
 *
 * <pre>
 *            Open, another incarnation            decided for us
 *   Fresh --------------------------------> Opened -----------> Serving
 *     |                                        |                   |
 *     +---- Open, the same incarnation --------+------------------>+
 *     |                                        |                   |
 *     +---------------+------------------------+-------------------+--> Ended
 *       refused, log away, lost the race, fenced, gap, first failed append, cancelled
 * </pre>
 *
 * <p>Events are read ahead by at most {@value #READ_AHEAD}; they go to the log in order, one at a time as {@link
 * Gateway#pump} gives turns, each the session's next sequence. What is decided already is dropped without a word: the ack
 * says so. For the gateway's thread.
 */
final class PublishStream {
    /** How many messages of one stream wait here for their turn; gRPC is asked for no more. */
    static final int READ_AHEAD = 4;

    private static final Logger LOG = LoggerFactory.getLogger(PublishStream.class);

    private final Gateway gateway;
    private final Principal principal;
    private final String cluster;
    private final PublishOutlet outlet;
    private final ArrayDeque<Declaration> inbound = new ArrayDeque<>();
    private final PendingAck ack = new PendingAck();
    private StreamState state = new StreamState.Fresh();
    private @Nullable ResourceKey seat;
    /** The cluster as the client was told it is admitted. */
    private @Nullable Cluster told;
    /** Taken from the client up to here, and given to the log or decided before. */
    private long lastSequence;

    PublishStream(Gateway gateway, Principal principal, PublishOutlet outlet) {
        this.gateway = gateway;
        this.principal = principal;
        this.cluster = Objects.requireNonNull(principal.cluster(), "only members publish");
        this.outlet = outlet;
    }

    String cluster() {
        return cluster;
    }

    boolean isServing() {
        return state instanceof StreamState.Serving;
    }

    boolean isEnded() {
        return state instanceof StreamState.Ended;
    }

    /** The key of the session it was opened for; null before. */
    @Nullable
    ResourceKey sessionKey() {
        return seat;
    }

    void open(Opening opening) {
        if (!(state instanceof StreamState.Fresh)) {
            fail(Failure.INVALID, "open: came twice");
            return;
        }
        try {
            gateway.requireWritable();
            requireMember();
            ResourceKey key = ResourceKey.session(cluster, opening.writer());
            seat = key;
            gateway.seat(this, key);
            openOver(gateway.fleet().session(key), opening);
        } catch (FailedCallException refused) {
            fail(refused.failure(), String.valueOf(refused.getMessage()));
        }
    }

    private void requireMember() {
        if (gateway.fleet().cluster(cluster) == null) {
            throw Failure.NOT_ADMITTED.because(
                    "cluster %s is not admitted to the fleet; an operator admits it", cluster);
        }
    }

    private void openOver(@Nullable Session held, Opening opening) {
        if (held != null && opening.isOpenIn(held)) {
            serve(sender(opening, held.epoch()), opening, held.sequence());
            return;
        }
        Sender sender = sender(opening, held == null ? 1 : held.epoch() + 1);
        state = new StreamState.Opened(
                opening, sender, gateway.nowMs() + gateway.limits().decisionTimeoutMs());
        gateway.log().append(opening.event(gateway.newEventId(), sender), offset -> {}, this::logFailed);
    }

    private Sender sender(Opening opening, long epoch) {
        return new Sender(cluster, principal.name(), gateway.name(), opening.writer(), epoch, 0);
    }

    private void serve(Sender sender, Opening opening, long decided) {
        gateway.endOthers(this, sender.sessionKey(), opening);
        state = new StreamState.Serving(opening, sender);
        lastSequence = decided;
        ack.startAt(decided);
        told = gateway.fleet().cluster(cluster);
        outlet.opened(sender.epoch(), decided, told, gateway.limits());
        outlet.request(READ_AHEAD);
    }

    /** An event came in; it waits for its turn. */
    void received(Declaration declaration) {
        switch (state) {
            case StreamState.Fresh fresh -> fail(Failure.INVALID, "open: must come before the first event");
            case StreamState.Opened opened -> fail(Failure.INVALID, "event: came before the answer to open");
            case StreamState.Serving serving -> {
                inbound.addLast(declaration);
                gateway.waits(this, inbound.size() == 1);
            }
            case StreamState.Ended ended -> {
                // crossed with the end
            }
        }
    }

    /** Gives the log the next event, where there is one and limits allow; returns whether there may be more to do. */
    boolean takeTurn(Undecided undecided, Budget budget) {
        if (!(state instanceof StreamState.Serving serving) || inbound.isEmpty()) {
            return false;
        }
        Declaration next = inbound.getFirst();
        if (next.sequence() > lastSequence + 1) {
            fail(
                    Failure.SEQUENCE_GAP,
                    "event.sequence: %d came, %d is next".formatted(next.sequence(), lastSequence + 1));
            return false;
        }
        boolean isNew = next.sequence() == lastSequence + 1;
        if (isNew && (undecided.size() >= gateway.limits().maxUndecidedPerSession() || !budget.admits(next))) {
            return false;
        }
        inbound.removeFirst();
        outlet.request(1);
        if (isNew) {
            append(serving, next, undecided);
        }
        return true;
    }

    boolean hasWaiting() {
        return !inbound.isEmpty();
    }

    private void append(StreamState.Serving serving, Declaration next, Undecided undecided) {
        lastSequence = next.sequence();
        Undecided.Sent sent = undecided.add(this, next, serving.sender().epoch());
        Sender at = serving.sender();
        Sender stamp = new Sender(at.cluster(), at.principal(), at.gateway(), at.writer(), at.epoch(), next.sequence());
        gateway.meter().countAppended();
        gateway.log().append(next.stamped(stamp), offset -> undecided.appended(sent, offset), failed -> {
            undecided.failed(sent);
            logFailed(failed);
            gateway.lost(at.sessionKey());
        });
    }

    /** What comes after a lost event must not be kept without it, so the first failure ends the stream. */
    private void logFailed(Throwable failed) {
        fail(Failure.LOG_UNAVAILABLE, "the log does not take events: " + failed);
    }

    /**
     * The fleet decided something of this stream's session.
     *
     * @param isOurs whether the decided event is one this stream sent
     */
    void decided(Session session, boolean isOurs) {
        switch (state) {
            case StreamState.Opened opened -> openingDecided(opened, session);
            case StreamState.Serving serving -> eventDecided(serving, session, isOurs);
            case StreamState.Fresh fresh -> throw new IllegalStateException("a trace for a stream without a session");
            case StreamState.Ended ended -> {
                // crossed with the end
            }
        }
    }

    private void openingDecided(StreamState.Opened opened, Session session) {
        try {
            if (opened.opening().isDecidedBy(session, opened.sender().epoch())) {
                serve(opened.sender(), opened.opening(), session.sequence());
            }
        } catch (FailedCallException lost) {
            fail(lost.failure(), String.valueOf(lost.getMessage()));
        }
    }

    private void eventDecided(StreamState.Serving serving, Session session, boolean isOurs) {
        long epoch = serving.sender().epoch();
        if (session.epoch() > epoch) {
            fail(
                    Failure.FENCED,
                    "the session of %s was opened again, it is at epoch %d, this stream's is %d"
                            .formatted(session.key(), session.epoch(), epoch));
            return;
        }
        if (session.epoch() < epoch) {
            // the store is ahead of the traces: this one is from before the session it was opened over was replaced
            return;
        }
        Answer answer = session.answer();
        if (answer != null && answer.epoch() == epoch && answer.code() == AnswerCode.GAP && isOurs) {
            fail(Failure.SEQUENCE_GAP, Refusals.inWords(answer));
            return;
        }
        ack.decided(session, epoch);
        if (answer != null && answer.epoch() == epoch) {
            gateway.meter().countRefused(answer.refused());
        }
        gateway.owesAck(this);
    }

    /** Sends one ack for everything decided since the last, unless the client is behind in reading. */
    void flush() {
        if (state instanceof StreamState.Serving && outlet.isReady() && ack.isDue()) {
            gateway.meter().countAcked(ack.events());
            outlet.ack(ack.take());
        }
    }

    /** Looks again at what the cluster is admitted with: it may have changed, or the cluster be expelled. */
    void clusterChanged() {
        if (!isServing()) {
            return;
        }
        Cluster now = gateway.fleet().cluster(cluster);
        if (now == null) {
            fail(Failure.NOT_ADMITTED, "cluster %s is not admitted to the fleet any more".formatted(cluster));
        } else if (!now.equals(told)) {
            told = now;
            outlet.sendSnapshot("what cluster %s is admitted with changed".formatted(cluster));
        }
    }

    void tick(long nowMs) {
        if (state instanceof StreamState.Opened opened && nowMs >= opened.deadlineMs()) {
            fail(
                    Failure.UNDECIDED,
                    "the fleet did not decide the opening within %d ms; is the projector running?"
                            .formatted(gateway.limits().decisionTimeoutMs()));
        }
    }

    /** Ends the stream if it is of the same session as one that came later; who else opens it is decided by the log. */
    void endIfReplacedBy(Opening later) {
        if (state.isOf(later)) {
            fail(Failure.REPLACED, "the same session came back on another stream");
        }
    }

    /** The client says no more; what waits here goes with the stream, unacknowledged. */
    void completed() {
        if (!isEnded()) {
            flush();
            outlet.complete();
            end("the client ended it");
        }
    }

    void fail(Failure failure, String message) {
        if (!isEnded()) {
            outlet.fail(GrpcStatuses.of(failure, message));
            end(failure + ": " + message);
        }
    }

    /** Ends it without a word to the client, who is not there any more. */
    void end(String why) {
        if (isEnded()) {
            return;
        }
        LOG.info(
                "publish stream of {}: {} -> Ended, {}",
                cluster,
                state.getClass().getSimpleName(),
                why);
        state = new StreamState.Ended(why);
        inbound.clear();
        gateway.left(this, seat);
    }
}
