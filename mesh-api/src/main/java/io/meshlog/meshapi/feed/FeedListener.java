package io.meshlog.meshapi.feed;

/** Is told what the feed does, on the feed's thread: must not block. */
public interface FeedListener {
    /** A batch is in the store. */
    void onApplied(AppliedBatch batch);

    /**
     * The store is complete up to this revision and what follows comes write by write: after a start, after catching up
     * over the compacted part of the log, and after a rebuild.
     *
     * @param rebuilt whether everything served before may be wrong: readers begin anew
     */
    void onSynced(long revision, boolean rebuilt);

    /**
     * The store may be between revisions until {@link #onSynced}: compacted changes are being caught up on. What it held at
     * the log's end stays right until the first batch.
     */
    void onCatchingUp();

    /** The state of the feed changed. */
    void onState(FeedState state);
}
