package io.meshlog.events.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a fleet's topics and refuses to work with ones that would break its promises. Blocks; for start-up threads.
 */
public final class TopicSetup {
    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final short NEEDED_TRANSACTION_VERSION = 2;

    private static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Admin admin;
    private final Topics topics;
    private final Duration timeout;

    /** @param timeout of each question to the brokers */
    public TopicSetup(Admin admin, Topics topics, Duration timeout) {
        this.admin = admin;
        this.topics = topics;
        this.timeout = timeout;
    }

    /**
     * Makes the topics that are missing, waits until each can be written to, and checks them all.
     *
     * @param replicationFactor of topics that are made
     * @throws TopicException if one is not as it must be
     */
    public void ensure(short replicationFactor) {
        Map<String, Map<String, String>> initial = topics.initial(replicationFactor);
        for (Map.Entry<String, Map<String, String>> topic : initial.entrySet()) {
            NewTopic wanted = new NewTopic(topic.getKey(), 1, replicationFactor).configs(topic.getValue());
            try {
                await(() -> admin.createTopics(List.of(wanted)).all());
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof TopicExistsException)) {
                    throw failure("topic %s cannot be made".formatted(topic.getKey()), failed);
                }
            }
        }
        initial.keySet().forEach(this::awaitWritable);
        awaitDescribed();
        check();
    }

    /**
     * A producer that writes to a topic before its leader answers can wedge for minutes, so the leader is asked first.
     */
    private void awaitWritable(String topic) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                TopicPartition partition = new TopicPartition(topic, Topics.PARTITION);
                await(() -> admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .all());
                return;
            } catch (ExecutionException notYet) {
                if (System.nanoTime() > deadline) {
                    throw failure("topic %s does not get a leader".formatted(topic), notYet);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** A topic that was just made may still be unknown to the broker that is asked next. */
    private void awaitDescribed() {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!missing().isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String topic : topics.required().keySet()) {
            try {
                describe(topic);
                configOf(topic);
            } catch (ExecutionException failed) {
                missing.add(topic);
            }
        }
        return missing;
    }

    /**
     * Checks that every topic is there and is as it must be.
     *
     * @throws TopicException if one is not: it names all that is wrong
     */
    public void check() {
        List<String> wrong = new ArrayList<>();
        topics.required().forEach((topic, settings) -> {
            try {
                checkTopic(topic, settings, wrong);
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                    wrong.add("topic %s is missing".formatted(topic));
                } else {
                    throw failure("topic %s cannot be looked at".formatted(topic), failed);
                }
            }
        });
        if (!wrong.isEmpty()) {
            throw new TopicException(String.join("; ", wrong.stream().sorted().toList()));
        }
    }

    private void checkTopic(String topic, Map<String, String> settings, List<String> wrong) throws ExecutionException {
        int partitions = describe(topic).partitions().size();
        if (partitions != 1) {
            wrong.add("topic %s has %d partitions, it must have 1: the fleet's order is the order of one log"
                    .formatted(topic, partitions));
        }
        Config config = configOf(topic);
        settings.forEach((setting, wanted) -> {
            String found = valueOf(config, setting);
            if (!sameWords(wanted, found)) {
                wrong.add("topic %s has %s=%s, it must be %s".formatted(topic, setting, found, wanted));
            }
        });
        int least = topics.leastMaxMessageBytes().getOrDefault(topic, 0);
        String most = valueOf(config, MAX_MESSAGE_BYTES);
        if (most == null || Long.parseLong(most) < least) {
            wrong.add("topic %s has %s=%s, it must be at least %d".formatted(topic, MAX_MESSAGE_BYTES, most, least));
        }
    }

    private TopicDescription describe(String topic) throws ExecutionException {
        return Objects.requireNonNull(
                await(() -> admin.describeTopics(List.of(topic)).allTopicNames())
                        .get(topic));
    }

    private Config configOf(String topic) throws ExecutionException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Objects.requireNonNull(
                await(() -> admin.describeConfigs(List.of(resource)).all()).get(resource));
    }

    private static @Nullable String valueOf(Config config, String setting) {
        ConfigEntry entry = config.get(setting);
        return entry == null ? null : entry.value();
    }

    /** Lists are equal in any order. */
    private static boolean sameWords(String wanted, @Nullable String found) {
        return found != null && Set.copyOf(List.of(wanted.split(","))).equals(Set.copyOf(List.of(found.split(","))));
    }

    /**
     * Checks that the brokers can keep the changelog's promise: transactions that a dead producer cannot disturb.
     *
     * @throws TopicException if they cannot
     */
    public void checkBrokers() {
        try {
            var features = await(() -> admin.describeFeatures().featureMetadata());
            var finalized = features.finalizedFeatures().get(TRANSACTION_VERSION);
            short level = finalized == null ? 0 : finalized.maxVersionLevel();
            if (level < NEEDED_TRANSACTION_VERSION) {
                throw new TopicException(
                        "the brokers have %s=%d, %d is needed (Kafka 4.2 or newer); allowWeakTransactions goes without"
                                .formatted(TRANSACTION_VERSION, level, NEEDED_TRANSACTION_VERSION));
            }
        } catch (ExecutionException failed) {
            throw failure("the brokers' features cannot be asked for", failed);
        }
    }

    private <T> T await(Supplier<KafkaFuture<T>> question) throws ExecutionException {
        try {
            return question.get().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new ExecutionException("no answer within " + timeout, slow);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ExecutionException("interrupted", interrupted);
        }
    }

    private static TopicException failure(String what, ExecutionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        TopicException failure = new TopicException(what + ": " + cause);
        failure.initCause(failed);
        return failure;
    }
}
