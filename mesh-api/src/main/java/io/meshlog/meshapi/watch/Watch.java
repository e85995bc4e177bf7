package io.meshlog.meshapi.watch;

/** An open watch, towards the one who opened it. Safe on any thread; no method blocks. */
public interface Watch {
    /** The sink may be sent to again. */
    void onReady();

    /** The reader is gone: the sink is not called any more, but for a call under way. */
    void cancel();
}
