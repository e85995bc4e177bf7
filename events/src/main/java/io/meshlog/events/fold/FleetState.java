package io.meshlog.events.fold;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fleet's state as the fold reads it. */
public interface FleetState {
    /** The number of writes accepted so far; 0 before the founding. */
    long revision();

    /** The offset the next event must have; -1 before the first, which may have any. */
    long nextEventOffset();

    /** The fleet's own record, null before the founding. */
    @Nullable
    Fleet fleet();

    @Nullable
    Cluster cluster(String name);

    Collection<Cluster> clusters();

    /** The addresses the clusters were admitted with. */
    AddressPlan addressPlan();

    /** The last session of a writer, null before its first. */
    @Nullable
    Session session(ResourceKey key);

    /** Sorted by id. */
    Collection<Job> jobs();

    @Nullable
    Entry entry(ResourceKey key);

    /** As {@link Entries#range}. */
    Entries.Cursor entries(@Nullable ResourceKey after, @Nullable ResourceKey upTo);

    /** How many live resources of a kind stand under a prefix. */
    long count(String prefix, Kind kind);

    /** Keys of deletes below a revision, oldest first, of one revision in the order of keys, at most that many. */
    List<ResourceKey> deletesBelow(long revision, int limit);

    /** What every replica must hold now. */
    Digest digest();
}
