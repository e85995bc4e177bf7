package io.meshlog.projector.streams;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The way from {@code F.events} to {@code F.changelog}: one source, one processor with one store, one sink. Both topics
 * have one partition, so there is exactly one task, and the order of the log is the order of the changes.
 *
 * <pre>
 *   F.events --> fold --> F.changelog (partition 0)
 *                 |
 *              fleet (RocksDB, logged)
 * </pre>
 *
 * <p>No punctuator, in stream time or wall-clock time: time enters the fold as events only.
 */
final class FleetTopology {
    /** The store's name, which is part of the name of its internal changelog topic. */
    static final String STORE = "fleet";

    private static final String SOURCE = "events";
    private static final String FOLD = "fold";
    private static final String SINK = "changelog";

    private FleetTopology() {}

    static Topology of(String events, String changelog, ProcessorSupplier<byte[], byte[], byte[], byte[]> fold) {
        StreamPartitioner<byte[], byte[]> onlyPartition = (topic, key, value, partitions) -> Optional.of(Set.of(0));
        return new Topology()
                .addSource(
                        AutoOffsetReset.none(),
                        SOURCE,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        events)
                .addProcessor(FOLD, fold, SOURCE)
                .addStateStore(store(), FOLD)
                .addSink(SINK, changelog, new ByteArraySerializer(), new ByteArraySerializer(), onlyPartition, FOLD);
    }

    private static StoreBuilder<KeyValueStore<org.apache.kafka.common.utils.Bytes, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of())
                .withCachingDisabled();
    }
}
