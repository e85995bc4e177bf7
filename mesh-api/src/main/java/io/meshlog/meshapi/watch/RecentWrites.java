package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest writes as they are held in memory, what was there before each of them included, and word of new ones: for
 * faces that make streams of their own of them. Safe on any thread.
 */
public interface RecentWrites {
    /** The newest revision that readers can be brought to. */
    long newest();

    /** The changes of a write; null where it is not held any more, or not yet. */
    @Nullable
    List<AppliedWrite.Change> write(long revision);

    /** A view of the store at {@link #newest} or above, for the caller to close; null while nothing may be served. */
    @Nullable
    ReplicaSnapshot snapshot();

    /** From now on the listener is told; until the answer is closed. */
    Registration listen(Listener listener);

    /** Told on the feed's thread; must not block. */
    interface Listener {
        /** There may be new writes. */
        void onWrites();

        /** What was served before may be wrong, or of another log: nothing may go on from it. */
        void onDistrust(String why);

        /** Nothing is served here any more. */
        void onStop(String why);
    }

    /** A listener's. Closing twice does nothing. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
