package io.meshlog.events.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * The consumer group of a fleet's projectors, as the brokers know it: an instance that dies or hangs is out of it after
 * its session timeout. For one thread.
 */
public final class ProjectorGroup implements AutoCloseable {
    private static final String SUFFIX = "-projector";

    private final String name;
    private final Admin admin;

    public ProjectorGroup(KafkaConnection kafka, Topics topics) {
        this.name = nameOf(topics);
        this.admin = kafka.admin();
    }

    /** The application's id: the name of its consumer group, of its transactions, and the beginning of its topic's. */
    public static String nameOf(Topics topics) {
        return topics.fleet() + SUFFIX;
    }

    /**
     * How many instances run, the one that folds and those that stand by. Blocks for at most the timeout.
     *
     * @throws KafkaException if the brokers do not answer
     */
    public int members(Duration timeout) {
        try {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(name))
                    .all()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .values()
                    .iterator()
                    .next();
            return group.members().size();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw new KafkaException("group %s cannot be described".formatted(name), failed.getCause());
        } catch (TimeoutException late) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "group %s was not described in %d ms".formatted(name, timeout.toMillis()), late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(interrupted);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
