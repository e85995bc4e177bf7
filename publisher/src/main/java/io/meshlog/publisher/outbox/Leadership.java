package io.meshlog.publisher.outbox;

/**
 * Whether this process is the one that speaks for its cluster. Of several publishers of one cluster only the leader opens
 * sessions; two that did would fence each other for ever.
 */
@FunctionalInterface
public interface Leadership {
    /** For sources that have one reader only, such as a directory of manifests. */
    Leadership ALWAYS = () -> true;

    /** Whether it is held now. Called often, from the publisher's thread: never blocks. */
    boolean held();
}
