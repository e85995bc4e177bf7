package io.meshlog.publisher;

import io.meshlog.publisher.export.Skipped;
import io.meshlog.publisher.outbox.OutboxState;
import java.util.List;

/**
 * How a publisher is doing.
 *
 * @param leading whether it speaks for its cluster; another one stands by
 * @param listed whether its source told all objects once
 * @param synced whether everything declared is decided by the fleet
 * @param declared resources the cluster declares
 * @param pending keys whose change is still to be sent
 * @param undecided events sent and not yet decided
 * @param revision the fleet's revision after the last decided event, 0 before the first
 * @param problems what is wrong with the source
 * @param skipped objects that would be exported if they could
 * @param refused the last refusals, the newest last; at most {@value #MAX_REFUSED}
 */
public record PublisherStatus(
        String cluster,
        OutboxState state,
        boolean leading,
        boolean listed,
        boolean synced,
        int declared,
        int pending,
        int undecided,
        long revision,
        List<String> problems,
        List<Skipped> skipped,
        List<String> refused) {
    /** More refusals push the oldest out; readers of the fleet see all of them as violations. */
    public static final int MAX_REFUSED = 20;

    public PublisherStatus {
        problems = List.copyOf(problems);
        skipped = List.copyOf(skipped);
        refused = List.copyOf(refused);
    }

    /** Whether it does its part: what it declares is decided, or it could take over from who leads at once. */
    public boolean ready() {
        return synced || listed && !leading;
    }
}
