package io.meshlog.projector.streams;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.ProjectorGroup;
import io.meshlog.events.log.Topics;
import java.nio.file.Path;

/**
 * Where and how a fold runs.
 *
 * @param replicationFactor of the internal topic that keeps the store
 * @param directory for the store; may be lost, then it is restored from that topic
 */
public record FoldSite(
        Topics topics, KafkaConnection kafka, short replicationFactor, Path directory, StreamsTuning tuning) {

    /** The application's id: the name of its consumer group, of its transactions, and the beginning of its topic's. */
    public String group() {
        return ProjectorGroup.nameOf(topics);
    }

    /** The internal topic that keeps the store. */
    public String storeTopic() {
        return group() + "-" + FleetTopology.STORE + "-changelog";
    }
}
