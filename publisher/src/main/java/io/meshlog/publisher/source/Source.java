package io.meshlog.publisher.source;

/**
 * Where a cluster's objects come from.
 *
 * <p>A source says all objects once it knows all of them, then what changes. It never says less than it knows: while it
 * cannot see an object it goes on as if nothing had happened to it, because what it leaves out of a list is withdrawn from
 * the fleet.
 */
public interface Source extends AutoCloseable {

    /**
     * Begins to tell the listener, from one thread of the source's own. Once only; returns at once.
     *
     * @throws IllegalStateException if it was started before
     */
    void start(SourceListener listener);

    /** Ends it; after the return the listener hears nothing more. */
    @Override
    void close();
}
