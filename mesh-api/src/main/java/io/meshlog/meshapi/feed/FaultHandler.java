package io.meshlog.meshapi.feed;

/** Is told what must not happen, whatever thread it happens on. Must not throw. */
public interface FaultHandler {
    /**
     * A part has failed and does not go on.
     *
     * @param where which part, for people
     */
    void onFault(String where, Throwable cause);
}
