package io.meshlog.it.checkpoint;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.it.projector.FleetOnKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a fleet's changelog comes to.
 *
 * @param resources all keys but sessions, deletes included
 * @param writes the revisions in the order in which they stand in the changelog, each once for each change
 */
record FleetContents(long revision, Map<ResourceKey, Held> resources, Digest digest, List<Long> writes) {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** What a reader can tell of a key. */
    record Held(long revision, long createRevision, long version, FleetChange.Origin origin, Hash128 hash) {}

    static FleetContents of(FleetOnKafka fleet) {
        Map<ResourceKey, Entry> entries = new TreeMap<>();
        List<Long> writes = new ArrayList<>();
        long revision = 0;
        try (ChangelogReader reader = new ChangelogReader(fleet.kafka, fleet.topics)) {
            long end = reader.stableEnd(TIMEOUT);
            reader.seek(reader.beginning(TIMEOUT));
            while (reader.position() < end) {
                for (ChangeRecord record : reader.poll(Duration.ofMillis(100))) {
                    FleetChange change = record.change();
                    if (change == null) {
                        entries.remove(record.key());
                    } else if (change.isWrite()) {
                        entries.put(record.key(), Entry.of(change));
                        writes.add(change.revision());
                        revision = Math.max(revision, change.revision());
                    }
                }
            }
        }
        Tally tally = new Tally();
        Map<ResourceKey, Held> resources = new TreeMap<>();
        entries.forEach((key, entry) -> {
            tally.add(entry);
            resources.put(
                    key,
                    new Held(
                            entry.modRevision(),
                            entry.createRevision(),
                            entry.version(),
                            entry.origin(),
                            entry.hash()));
        });
        return new FleetContents(revision, resources, tally.digest(), writes);
    }
}
