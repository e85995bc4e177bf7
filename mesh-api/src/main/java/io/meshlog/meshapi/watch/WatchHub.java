package io.meshlog.meshapi.watch;

/** Opens watches. */
public interface WatchHub {
    /**
     * Opens a watch. Returns at once; everything, refusal included, comes through the sink, on one of the hub's threads.
     */
    Watch open(WatchSpec spec, WatchSink sink);

    /** How many watches are open. */
    int openWatches();
}
