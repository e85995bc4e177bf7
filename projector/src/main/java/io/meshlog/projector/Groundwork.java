package io.meshlog.projector;

import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.log.NewestRecordIds;
import io.meshlog.events.log.TopicException;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.wire.RegistryClient;
import io.meshlog.events.wire.RegistryException;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.SchemaIds;
import io.meshlog.projector.checkpoint.ChangelogTail;
import io.meshlog.projector.checkpoint.StartOffset;
import io.meshlog.projector.streams.StopCause;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be so before anything is folded: topics as they must be, brokers with strong transactions, schemas
 * registered, the start offset chosen. Each try blocks for as long as Kafka and the registry take to answer, or not to.
 */
final class Groundwork {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** A silent registry holds a start up for so long for each of two schemas, when their ids are known. */
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Groundwork.class);

    /** How a try came out. */
    sealed interface Outcome {
        /**
         * Everything is there.
         *
         * @param eventsSchema the registry's ids of the events' schemas
         * @param changesSchema the registry's ids of the changelog's schemas
         * @param checkpointsSchema the registry's ids of the checkpoints' schemas
         * @param saidUpTo the offset of the last event whose decision is in the changelog, -1 for none
         */
        record Ready(
                ReleaseIds eventsSchema,
                ReleaseIds changesSchema,
                ReleaseIds checkpointsSchema,
                long saidUpTo,
                boolean weakTransactions)
                implements Outcome {}

        /** Something does not answer. */
        record NotYet(String words) implements Outcome {}

        /** Something is not as it must be. */
        record Refused(StopCause cause) implements Outcome {}
    }

    private final ProjectorConfig config;

    Groundwork(ProjectorConfig config) {
        this.config = config;
    }

    Outcome attempt() throws InterruptedException {
        String timeout = Long.toString(TIMEOUT.toMillis());
        Map<String, String> settings = Map.of(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        try (Admin admin = config.kafka().connection().admin(settings)) {
            TopicSetup setup = new TopicSetup(admin, config.topics(), TIMEOUT);
            setup.ensure(config.kafka().replicationFactor());
            boolean weak = weakTransactions(setup);
            ReleaseIds eventsSchema = schemaIds(config.topics().events(), "MeshEvent");
            ReleaseIds changesSchema = schemaIds(config.topics().changelog(), "FleetChange");
            ReleaseIds checkpointsSchema = schemaIds(config.topics().checkpoints(), "CheckpointPart");
            long saidUpTo = ChangelogTail.lastDecided(config.kafka().connection(), config.topics());
            StopCause against = new StartOffset(admin, config.site(), saidUpTo).choose();
            return against == null
                    ? new Outcome.Ready(eventsSchema, changesSchema, checkpointsSchema, saidUpTo, weak)
                    : new Outcome.Refused(against);
        } catch (TopicException wrong) {
            return judge(wrong);
        } catch (RegistryException away) {
            String words = String.valueOf(away.getMessage());
            return away.isRetryable() ? new Outcome.NotYet(words) : new Outcome.Refused(new StopCause.Unfit(words));
        } catch (ExecutionException | TimeoutException | KafkaException | IOException away) {
            return new Outcome.NotYet("Kafka at %s does not answer as it should: %s"
                    .formatted(config.kafka().connection().bootstrapServers(), away));
        }
    }

    /** A cause means that the question failed; without one the answer was wrong. */
    private static Outcome judge(TopicException wrong) {
        String words = String.valueOf(wrong.getMessage());
        return wrong.getCause() == null ? new Outcome.Refused(new StopCause.Unfit(words)) : new Outcome.NotYet(words);
    }

    private boolean weakTransactions(TopicSetup setup) {
        try {
            setup.checkBrokers();
            return false;
        } catch (TopicException weak) {
            if (!config.kafka().allowWeakTransactions() || weak.getCause() != null) {
                throw weak;
            }
            LOG.warn("{}", weak.getMessage());
            return true;
        }
    }

    private ReleaseIds schemaIds(String topic, String record) {
        URI url = config.registry();
        if (url == null) {
            return ReleaseIds.NONE;
        }
        try (RegistryClient registry = new RegistryClient(url, REGISTRY_TIMEOUT)) {
            return new SchemaIds(
                            registry,
                            config.dataDir().resolve("schema-ids"),
                            new NewestRecordIds(config.kafka().connection(), TIMEOUT))
                    .idsOf(topic, ReleasedSchemas.of(record).inOrder());
        }
    }
}
