package io.meshlog.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.RandomHistory;
import io.meshlog.events.model.RandomResources;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {
    private static final int ROUNDS = 200;

    private final ValueCodec values = new ValueCodec();
    private final EventCodec events = new EventCodec();
    private final ChangeCodec changes = new ChangeCodec();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void valuesOfEveryKindComeBackAsTheyWere(long seed) {
        RandomHistory history = new RandomHistory(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (Value value : history.valuesOfAllKinds()) {
                EncodedValue encoded = values.encode(value);

                assertThat(values.decode(encoded)).as("seed %d", seed).isEqualTo(value);
                assertThat(values.encode(values.decode(encoded)))
                        .as("seed %d", seed)
                        .isEqualTo(encoded);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void valuesWithExactBytesComeBackAsTheyWere(long seed) {
        RandomResources resources = new RandomResources(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Value value = new Value(resources.declared(), resources.bytes(round));

            assertThat(values.decode(values.encode(value))).as("seed %d", seed).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void eventsOfEveryOpComeBackAsTheyWere(long seed) {
        RandomHistory history = new RandomHistory(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (Statement statement : history.statements()) {
                MeshEvent event = history.event(statement);

                byte[] datum = events.encode(event);

                assertThat(events.decode(events.fingerprint(event), datum, 0, datum.length))
                        .as("seed %d", seed)
                        .isEqualTo(event);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11, 12})
    void changesOfEveryKindComeBackAsTheyWere(long seed) {
        RandomHistory history = new RandomHistory(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<FleetChange> all = new ArrayList<>(List.of(history.delete()));
            history.valuesOfAllKinds().forEach(value -> all.add(history.change(value, values::encode)));
            for (FleetChange change : all) {
                byte[] datum = changes.encode(change);

                assertThat(changes.decode(changes.fingerprint(change), datum, 0, datum.length))
                        .as("seed %d", seed)
                        .isEqualTo(change);
            }
        }
    }

    @Test
    void aDatumIsReadFromTheMiddleOfItsRecord() {
        // given
        RandomHistory history = new RandomHistory(13);
        MeshEvent event = history.event(history.upsert());
        byte[] datum = events.encode(event);
        byte[] record = new byte[datum.length + 12];
        System.arraycopy(datum, 0, record, 5, datum.length);

        // when, then
        assertThat(events.decode(events.fingerprint(event), record, 5, datum.length))
                .isEqualTo(event);
    }

    @Test
    void equalValuesHaveEqualBytes() {
        // given one service twice, its maps filled in opposite order
        List<String> ips = List.of("10.1.0.1", "10.1.0.2", "fd00::1", "10.1.0.10");
        Value one = Value.of(service(ips));
        List<String> reversed = new ArrayList<>(ips);
        Collections.reverse(reversed);
        Value other = Value.of(service(reversed));

        // when, then
        assertThat(one).isEqualTo(other);
        assertThat(values.encode(one)).isEqualTo(values.encode(other));
    }

    private static Service service(List<String> order) {
        Map<String, Map<String, PortProtocol>> backends = new LinkedHashMap<>();
        Map<String, String> hostnames = new LinkedHashMap<>();
        for (String ip : order) {
            Map<String, PortProtocol> ports = new LinkedHashMap<>();
            order.forEach(name -> ports.put(name, new PortProtocol("TCP", 80)));
            backends.put(ip, ports);
            hostnames.put(ip, "host");
        }
        return new Service(
                "eastus", 1, "shop", "web", backends, backends, hostnames, Map.of(), hostnames, hostnames, true, true);
    }

    @Test
    void theValueOfAChangeIsItsTailVerbatim() {
        // given
        RandomHistory history = new RandomHistory(14);
        FleetChange change = history.change(history.valuesOfAllKinds().get(3), values::encode);

        // when
        byte[] datum = changes.encode(change);

        // then
        byte[] tail = change.value().bytes().toArray();
        assertThat(datum).endsWith(tail);
    }

    @Test
    void aValueOfNoKnownReleaseIsNotWritten() {
        // given
        RandomHistory history = new RandomHistory(15);
        FleetChange change = history.change(
                history.valuesOfAllKinds().getFirst(),
                value -> new EncodedValue(1234, values.encode(value).bytes()));

        // when, then
        assertThatThrownBy(() -> changes.encode(change))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(change.key().value())
                .hasMessageContaining("00000000000004d2");
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 17})
    void entriesComeBackAsTheyWere(long seed) {
        RandomHistory history = new RandomHistory(seed);
        List<FleetChange> all = new ArrayList<>(List.of(history.delete()));
        history.valuesOfAllKinds().forEach(value -> all.add(history.change(value, values::encode)));
        for (FleetChange change : all) {
            Entry entry = Entry.of(change);

            byte[] stored = EntryCodec.encode(entry);

            assertThat(EntryCodec.decode(entry.key(), stored))
                    .as("seed %d", seed)
                    .isEqualTo(entry);
            assertThat(EntryCodec.header(entry.key(), stored))
                    .as("seed %d", seed)
                    .isEqualTo(new EntryCodec.Header(
                            entry.kind(),
                            entry.deleted(),
                            entry.modRevision(),
                            entry.hash(),
                            stored.length - EntryCodec.HEADER_BYTES));
        }
    }

    @Test
    void aStoredEntryOfAnotherFormatIsRefused() {
        ResourceKey key = ResourceKey.cluster("eastus");
        assertThatThrownBy(() -> EntryCodec.decode(key, new byte[] {2, 0, 0}))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("_fleet/clusters/eastus")
                .hasMessageContaining("format 2");
        byte[] kindless = new byte[100];
        kindless[0] = EntryCodec.FORMAT;
        kindless[1] = 99;
        assertThatThrownBy(() -> EntryCodec.header(key, kindless))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("unknown code 99");
    }

    @Test
    void everyKindHasACodeInStores() {
        RandomHistory history = new RandomHistory(18);
        Value value = history.valuesOfAllKinds().getFirst();
        for (Kind kind : Kind.values()) {
            FleetChange change = history.change(value, values::encode);
            Entry entry = Entry.of(change);
            Entry ofKind = new Entry(
                    entry.key(), kind, 1, 1, 1, entry.origin(), 0, 0, entry.hash(), new EncodedValue(1, Bytes.EMPTY));
            assertThat(EntryCodec.decode(entry.key(), EntryCodec.encode(ofKind)).kind())
                    .isEqualTo(kind);
        }
    }
}
