package io.meshlog.projector.checkpoint;

import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.log.PartitionReader;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.FleetChange;
import io.meshlog.projector.streams.FoldSite;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a checkpoint into the fold's empty store, by writing the topic Streams restores the store from, before Streams
 * starts. The entries and the offset the fold goes on at are one transaction under the fold's own {@code transactional.id}:
 * either all of it counts or nothing, and of two instances that try, or one that already folds, the earlier is fenced.
 */
public final class StoreSeed {
    /** Entries of a large fleet go into one transaction; brokers permit 15 minutes unless told otherwise. */
    private static final int TRANSACTION_TIMEOUT_MS = 600_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int BUFFER_BYTES = 32 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(StoreSeed.class);

    private final Admin admin;
    private final FoldSite site;
    private final TopicPartition store;

    public StoreSeed(Admin admin, FoldSite site) {
        this.admin = admin;
        this.site = site;
        this.store = new TopicPartition(site.storeTopic(), Topics.PARTITION);
    }

    /** Whether anything was ever committed to the store; what an unfinished seeding left does not count. */
    public boolean holdsState() throws InterruptedException, ExecutionException, TimeoutException {
        if (!admin.listTopics()
                .names()
                .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .contains(store.topic())) {
            return false;
        }
        try (PartitionReader reader = new PartitionReader(site.kafka(), store.topic(), true)) {
            long end = reader.end(TIMEOUT);
            reader.seek(reader.beginning(TIMEOUT));
            while (reader.position() < end) {
                if (!reader.poll(POLL, Function.identity()).isEmpty()) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The checkpoints there are, newest first. */
    public List<Seal> checkpoints() {
        try (CheckpointTopic topic = new CheckpointTopic(site.kafka(), site.topics(), TIMEOUT)) {
            return topic.list(CheckpointTopic.MOST);
        }
    }

    /**
     * Puts a checkpoint into the store, unless another instance has put something there meanwhile.
     *
     * @throws DamagedCheckpointException in words, if it is not whole; the store is as it was then
     * @throws KafkaException if the brokers do not answer, or another instance does the same
     */
    public void plant(Seal seal) throws InterruptedException, ExecutionException, TimeoutException, IOException {
        makeTopic();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.initTransactions();
            // whoever seeded or folded before is fenced now, so this answer stays true until the commit
            if (holdsState()) {
                LOG.info("another instance has put a state into {}", store.topic());
                return;
            }
            // what is left here of a lost topic would pass for a part of the new one
            Scratch.deleteAll(site.directory());
            producer.beginTransaction();
            try {
                write(producer, seal);
            } catch (DamagedCheckpointException damaged) {
                producer.abortTransaction();
                throw damaged;
            }
            long next = seal.checkpoint().eventOffset() + 1;
            producer.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(site.topics().events(), Topics.PARTITION), new OffsetAndMetadata(next)),
                    group());
            producer.commitTransaction();
            LOG.info(
                    "the fold begins with checkpoint {} at revision {} and goes on at offset {}",
                    seal.checkpoint().id(),
                    seal.checkpoint().revision(),
                    next);
        }
    }

    private void write(KafkaProducer<byte[], byte[]> producer, Seal seal) {
        AtomicReference<@Nullable Exception> lost = new AtomicReference<>();
        try (CheckpointTopic topic = new CheckpointTopic(site.kafka(), site.topics(), TIMEOUT)) {
            topic.read(seal, (encoded, part) -> {
                for (FleetChange change : part.entries()) {
                    Entry entry = Entry.of(change);
                    var unused = producer.send(
                            new ProducerRecord<>(
                                    store.topic(), Topics.PARTITION, entry.key().toBytes(), EntryCodec.encode(entry)),
                            (kept, error) -> lost.compareAndSet(null, error));
                }
                Exception failed = lost.get();
                if (failed != null) {
                    throw new KafkaException("the store was not written: " + failed, failed);
                }
            });
        }
    }

    /** The group as seen by one who is no member of it. */
    private ConsumerGroupMetadata group() {
        try (KafkaConsumer<byte[], byte[]> outside = new KafkaConsumer<>(
                site.kafka().with(Map.of(ConsumerConfig.GROUP_ID_CONFIG, site.group())),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return outside.groupMetadata();
        }
    }

    /** As Streams would make it. */
    private void makeTopic() throws InterruptedException, ExecutionException, TimeoutException {
        NewTopic topic = new NewTopic(store.topic(), 1, site.replicationFactor())
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        "compact",
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "CreateTime",
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(Topics.MAX_CHANGE_RECORD_BYTES),
                        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                        Integer.toString(site.replicationFactor() >= 3 ? 2 : 1)));
        try {
            admin.createTopics(List.of(topic)).all().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw failed;
            }
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                site.kafka()
                        .with(Map.of(
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                site.group(),
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                TRANSACTION_TIMEOUT_MS,
                                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                                "lz4",
                                ProducerConfig.LINGER_MS_CONFIG,
                                "5",
                                ProducerConfig.BUFFER_MEMORY_CONFIG,
                                Integer.toString(BUFFER_BYTES),
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                Integer.toString(Topics.MAX_CHANGE_RECORD_BYTES))),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
