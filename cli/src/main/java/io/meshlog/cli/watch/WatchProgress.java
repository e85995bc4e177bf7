package io.meshlog.cli.watch;

import com.google.protobuf.ByteString;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.WatchRequest;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a watch has come, over all its connections.
 *
 * <p>A token stands for the last Synced or Bookmark, and changes may have been printed after it. A resumed stream
 * repeats those, and {@link #isNew} drops them. Example: bookmark at 10, changes 11 and 12 printed, the connection
 * lost; the resumed stream begins with 11, and 13 is the first to be printed.
 */
final class WatchProgress {
    private final WatchRequest firstRequest;

    /** From the last Synced or Bookmark; null before the first, and after a Resync. */
    private @Nullable ByteString token;

    /** The revision of {@link #token}; 0 without one. */
    private long revision;

    /** Whether what comes is the state to begin with. */
    private boolean inSnapshot;

    /** Whether the stream has caught up since it was opened: only then are changes known to come in order. */
    private boolean following;

    /** The newest revision printed in order. */
    private long newest;

    /** The keys printed at {@link #newest}: a connection may be lost within a write. At most a write's 4,096. */
    private final Set<String> keysOfNewest = new HashSet<>();

    WatchProgress(WatchRequest firstRequest) {
        this.firstRequest = firstRequest;
        inSnapshot = firstRequest.getStartCase() == WatchRequest.StartCase.START_NOT_SET;
    }

    /** What to ask next, with the same selector always. */
    WatchRequest nextRequest() {
        following = false;
        return token == null
                ? firstRequest
                : firstRequest.toBuilder().setResumeToken(token).build();
    }

    /** Whether the change has not been printed yet; takes note of it. */
    boolean isNew(Change change) {
        boolean removed = change.hasRemoval();
        String key = removed ? change.getRemoval().getKey() : change.getUpsert().getKey();
        long changed =
                removed ? change.getRemoval().getRevision() : change.getUpsert().getRevision();
        if (!following) {
            return inSnapshot || changed > newest || (changed == newest && !keysOfNewest.contains(key));
        }
        note(changed);
        keysOfNewest.add(key);
        return true;
    }

    void synced(long atRevision, ByteString newToken) {
        marked(atRevision, newToken);
        following = true;
        inSnapshot = false;
    }

    void marked(long atRevision, ByteString newToken) {
        token = newToken;
        revision = atRevision;
        note(atRevision);
    }

    void resync() {
        token = null;
        revision = 0;
        newest = 0;
        keysOfNewest.clear();
        following = false;
        inSnapshot = true;
    }

    boolean inSnapshot() {
        return inSnapshot;
    }

    long revision() {
        return revision;
    }

    @Nullable
    ByteString token() {
        return token;
    }

    private void note(long atRevision) {
        if (atRevision > newest) {
            newest = atRevision;
            keysOfNewest.clear();
        }
    }
}
