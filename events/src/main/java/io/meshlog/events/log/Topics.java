package io.meshlog.events.log;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The topics of one fleet and the settings they must have. One log, one order: each has one partition, on purpose.
 *
 * @param fleet the fleet's name: letters, digits, dots, dashes and underscores, at most 100 characters
 */
public record Topics(String fleet) {
    /** The one partition of every topic. */
    public static final int PARTITION = 0;

    /** The largest event, as an Avro datum. */
    public static final int MAX_EVENT_BYTES = 1 << 20;

    /** The largest change, as an Avro datum: a job may hold a whole event and what was amended since. */
    public static final int MAX_CHANGE_BYTES = 4 << 20;

    /** What key, headers, batch, and compressing what does not compress may add to a datum. */
    private static final int RECORD_OVERHEAD_BYTES = 64 << 10;

    /** The largest record of the events topic. */
    public static final int MAX_EVENT_RECORD_BYTES = MAX_EVENT_BYTES + RECORD_OVERHEAD_BYTES;

    /** The largest record of the changelog and of checkpoints. */
    public static final int MAX_CHANGE_RECORD_BYTES = MAX_CHANGE_BYTES + RECORD_OVERHEAD_BYTES;

    private static final String FOR_EVER = "-1";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][-._a-zA-Z0-9]{0,99}");

    public Topics {
        if (!NAME.matcher(fleet).matches()) {
            throw new IllegalArgumentException(
                    "fleet: \"%s\" is no name for a fleet: letters, digits, dots, dashes, underscores, at most 100"
                            .formatted(fleet));
        }
    }

    /** What was said. */
    public String events() {
        return fleet + ".events";
    }

    /** What was decided. */
    public String changelog() {
        return fleet + ".changelog";
    }

    /** The fold's whole state at some revisions. */
    public String checkpoints() {
        return fleet + ".checkpoints";
    }

    /** Signs of life. */
    public String heartbeats() {
        return fleet + ".heartbeats";
    }

    /** Settings that must be exactly as they are, by topic. */
    public Map<String, Map<String, String>> required() {
        return Map.of(
                events(),
                Map.of("cleanup.policy", "delete", "message.timestamp.type", "LogAppendTime"),
                changelog(),
                Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"),
                checkpoints(),
                Map.of("cleanup.policy", "compact,delete"),
                heartbeats(),
                Map.of("cleanup.policy", "compact,delete"));
    }

    /** How large {@code max.message.bytes} must be at least, by topic. */
    public Map<String, Integer> leastMaxMessageBytes() {
        return Map.of(
                events(), MAX_EVENT_RECORD_BYTES,
                changelog(), MAX_CHANGE_RECORD_BYTES,
                checkpoints(), MAX_CHANGE_RECORD_BYTES,
                heartbeats(), 0);
    }

    /**
     * Settings a topic is made with; operators may change those that are not required.
     *
     * <p>Without replicas an event is on disk before it is acknowledged: events are the record, and what was decided on
     * them can be decided again.
     *
     * @param replicationFactor of all of them
     */
    public Map<String, Map<String, String>> initial(short replicationFactor) {
        return Map.of(
                events(),
                Map.of(
                        "cleanup.policy",
                        "delete",
                        "message.timestamp.type",
                        "LogAppendTime",
                        // the decider deletes what checkpoints contain, and nobody else deletes anything
                        "retention.ms",
                        FOR_EVER,
                        "max.message.bytes",
                        Integer.toString(MAX_EVENT_RECORD_BYTES),
                        "flush.messages",
                        Long.toString(replicationFactor == 1 ? 1 : Long.MAX_VALUE)),
                changelog(),
                Map.of(
                        "cleanup.policy", "compact",
                        "message.timestamp.type", "LogAppendTime",
                        "min.compaction.lag.ms", ms(Duration.ofMinutes(15)),
                        "max.compaction.lag.ms", ms(Duration.ofHours(1)),
                        "delete.retention.ms", ms(Duration.ofDays(1)),
                        "segment.bytes", Integer.toString(64 << 20),
                        "segment.ms", ms(Duration.ofMinutes(10)),
                        "max.message.bytes", Integer.toString(MAX_CHANGE_RECORD_BYTES)),
                checkpoints(),
                Map.of(
                        "cleanup.policy",
                        "compact,delete",
                        "retention.ms",
                        FOR_EVER,
                        "segment.bytes",
                        Integer.toString(64 << 20),
                        "max.message.bytes",
                        Integer.toString(MAX_CHANGE_RECORD_BYTES)),
                heartbeats(),
                Map.of("cleanup.policy", "compact,delete", "retention.ms", ms(Duration.ofHours(1))));
    }

    private static String ms(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
