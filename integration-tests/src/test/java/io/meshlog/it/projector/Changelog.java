package io.meshlog.it.projector;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogRecords;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.ReleaseIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The changelog as it is, and as the log says it must be. */
public final class Changelog {
    /** Before it stands the schema's id in the registry, which is no decision. */
    private static final int DATUM = ConfluentWire.PREFIX_BYTES;

    private static final ValueCodec VALUES = new ValueCodec();

    /** Records as text, so that a difference shows as such. */
    public record Comparison(List<String> expected, List<String> actual) {}

    private Changelog() {}

    /** The sequence a session's trace has come to; -1 for what is no trace. */
    public static long sequence(ChangeRecord record) {
        FleetChange change = record.change();
        return change != null && change.op() == FleetChange.Op.TRACE
                ? ((Session) VALUES.decode(Objects.requireNonNull(change.value()))
                                .resource())
                        .sequence()
                : -1;
    }

    /** Folds the whole log in memory, up to the last event that was decided. */
    public static Comparison compare(KafkaConnection kafka, Topics topics) {
        List<ConsumerRecord<byte[], byte[]>> changes = readAll(kafka, topics.changelog());
        List<String> actual = new ArrayList<>();
        changes.forEach(record -> actual.add(text(record.key(), record.value(), record.headers())));
        List<String> expected = new ArrayList<>();
        LiveFleetState state = new LiveFleetState(new MapEntries(), VALUES);
        FleetFold fold = new FleetFold(Limits.DEFAULT, VALUES);
        EventCodec codec = new EventCodec();
        for (ConsumerRecord<byte[], byte[]> event : readAll(kafka, topics.events())) {
            if (expected.size() >= actual.size()) {
                break;
            }
            Decision decision = fold.decide(
                    state, event.offset(), EventRecord.read(codec, event.offset(), event.headers(), event.value()));
            state.apply(decision);
            add(expected, decision, Objects.requireNonNull(state.fleet()).logId());
        }
        return new Comparison(expected, actual);
    }

    private static void add(List<String> expected, Decision decision, UUID logId) {
        ChangelogRecords records = new ChangelogRecords();
        for (FleetChange change : decision.changes()) {
            expected.add(text(
                    records.key(change.key()), records.value(ReleaseIds.NONE, change), records.headers(logId, change)));
        }
        for (ResourceKey key : decision.forgotten()) {
            expected.add(text(records.key(key), null, records.headers(logId)));
        }
    }

    private static String text(byte[] key, byte @Nullable [] value, Headers headers) {
        StringBuilder text = new StringBuilder(ResourceKey.ofBytes(key).value());
        for (Header header : headers) {
            text.append(' ').append(header.key()).append('=').append(Bytes.copyOf(header.value()));
        }
        return text.append(" = ")
                .append(value == null ? "tombstone" : HexFormat.of().formatHex(value, DATUM, value.length))
                .toString();
    }

    private static List<ConsumerRecord<byte[], byte[]>> readAll(KafkaConnection kafka, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                kafka.with(Map.of(
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    /** Entries in a map. */
    private static final class MapEntries implements Entries {
        private final NavigableMap<ResourceKey, Entry> map = new TreeMap<>();

        @Override
        public @Nullable Entry get(ResourceKey key) {
            return map.get(key);
        }

        @Override
        public void put(Entry entry) {
            map.put(entry.key(), entry);
        }

        @Override
        public void remove(ResourceKey key) {
            map.remove(key);
        }

        @Override
        public Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
            NavigableMap<ResourceKey, Entry> found = after == null ? map : map.tailMap(after, false);
            found = upTo == null ? found : found.headMap(upTo, true);
            Iterator<Entry> copied = List.copyOf(found.values()).iterator();
            return new Cursor() {
                @Override
                public boolean hasNext() {
                    return copied.hasNext();
                }

                @Override
                public Entry next() {
                    return copied.next();
                }

                @Override
                public void close() {
                    // nothing is held
                }
            };
        }
    }
}
