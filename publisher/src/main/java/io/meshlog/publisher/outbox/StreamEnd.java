package io.meshlog.publisher.outbox;

/** Why a stream ended, and so what is to be done. */
public record StreamEnd(Code code, String reason) {

    /** What is to be done about it. */
    public enum Code {
        /** The gateway or the way to it is gone: the same session, at another gateway. */
        LOST,
        /** This session cannot go on: another writer opened one, or the fleet does not take what it says. */
        SESSION_OVER
    }
}
