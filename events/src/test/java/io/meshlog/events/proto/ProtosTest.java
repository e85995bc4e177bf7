package io.meshlog.events.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.RandomHistory;
import io.meshlog.events.model.RandomResources;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.schemas.v1.Endpoint;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.Identity;
import io.meshlog.schemas.v1.Node;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Service;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtosTest {
    private static final int ROUNDS = 500;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void declaredResourcesComeBackAsTheyWere(long seed) throws InvalidProtocolBufferException {
        RandomResources resources = new RandomResources(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Value value = resources.value();
            ResourceKey key = ((Declared) value.resource()).keyIn("eastus");

            Resource message = ResourceProtos.toProto(key, 9, 8, 7, value);
            Resource received = Resource.parseFrom(message.toByteArray());

            assertThat(ResourceProtos.fromProto(received)).as("seed %d", seed).isEqualTo(value);
            assertThat(received.getKey()).isEqualTo(key.value());
            assertThat(received.getRevision()).isEqualTo(9);
            assertThat(received.getCreateRevision()).isEqualTo(8);
            assertThat(received.getVersion()).isEqualTo(7);
        }
    }

    @Test
    void everyOtherKindButDigestsHasAMessage() {
        for (Value value : new RandomHistory(4).valuesOfAllKinds()) {
            switch (value.resource().kind()) {
                case DIGEST ->
                    assertThatThrownBy(() -> ResourceProtos.toProto(ResourceKey.DIGEST, 1, 1, 1, value))
                            .isInstanceOf(IllegalArgumentException.class);
                case NODE,
                        IDENTITY,
                        ENDPOINT,
                        SERVICE,
                        ENDPOINT_SLICE,
                        SERVICE_EXPORT,
                        POLICY,
                        CLUSTER_CONFIG,
                        OPAQUE ->
                    assertThat(ResourceProtos.toProto("eastus", value).getKindCase())
                            .isNotEqualTo(Resource.KindCase.KIND_NOT_SET);
                case VIOLATION, CLUSTER, SESSION, JOB, FLEET -> {
                    Resource message = ResourceProtos.toProto(ResourceKey.FLEET, 1, 1, 1, value);
                    assertThat(message.getKindCase()).isNotEqualTo(Resource.KindCase.KIND_NOT_SET);
                    assertThatThrownBy(() -> ResourceProtos.fromProto(message))
                            .isInstanceOf(InvalidResourceException.class)
                            .hasMessageContaining("does not declare");
                }
            }
        }
    }

    @Test
    void clustersComeBackAsTheyWere() {
        Cluster cluster = new Cluster("eastus", 3, List.of("10.3.0.0/16"), List.of("172.3.0.0/16", "fd00::/64"), 12);
        assertThat(ResourceProtos.cluster(ResourceProtos.cluster(cluster))).isEqualTo(cluster);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void whatPublishersSayComesBackAsItWas(long seed) throws InvalidProtocolBufferException {
        RandomHistory history = new RandomHistory(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (Statement statement : history.statements()) {
                MeshEvent event = history.event(statement);
                OptionalLong observedAt = OptionalLong.of(event.eventId().getLeastSignificantBits() >> 14);
                boolean said = statement instanceof Statement.Upsert
                        || statement instanceof Statement.Delete
                        || statement instanceof Statement.Frame;
                if (!said) {
                    assertThatThrownBy(() -> EventProtos.toProto(event.eventId(), 5, observedAt, "eastus", statement))
                            .isInstanceOf(IllegalArgumentException.class);
                    continue;
                }

                Event message = EventProtos.toProto(event.eventId(), 5, observedAt, "eastus", statement);
                Event received = Event.parseFrom(message.toByteArray());

                assertThat(EventProtos.statement("eastus", received))
                        .as("seed %d", seed)
                        .isEqualTo(statement);
                assertThat(EventProtos.eventId(received)).isEqualTo(event.eventId());
                assertThat(EventProtos.observedAtMicros(received)).isEqualTo(observedAt);
                assertThat(received.getSequence()).isEqualTo(5);
            }
        }
    }

    @Test
    void anUpsertWithoutAKeyHasTheResourcesOwn() {
        Value value = Value.of(new RandomResources(7).service());
        Event event = Event.newBuilder()
                .setUpsert(
                        ResourceProtos.toProto("westeurope", value).toBuilder().clearKey())
                .build();
        assertThat(EventProtos.statement("eastus", event))
                .isEqualTo(new Statement.Upsert(((Declared) value.resource()).keyIn("eastus"), value));
    }

    @Test
    void whatIsWrongIsSaidWithItsField() {
        refused(Resource.newBuilder().setKey("k"), "resource k: its kind is not set");
        refused(Resource.newBuilder().setNode(Node.newBuilder()), "node.name: is empty");
        refused(
                Resource.newBuilder().setNode(Node.newBuilder().setName("a").setEncryptionKey(256)),
                "node.encryption_key: is 256, must be 0 to 255");
        refused(
                Resource.newBuilder().setNode(Node.newBuilder().setName("\u20ac")),
                "node.name: \"\u20ac\" has characters that no key can have");
        refused(Resource.newBuilder().setIdentity(Identity.newBuilder()), "identity.id: is 0, must be 1 to 4294967295");
        refused(
                Resource.newBuilder()
                        .setEndpoint(Endpoint.newBuilder().setIp("10.0.0.1").setMask(ByteString.copyFrom(new byte[3]))),
                "endpoint.mask: has 3 bytes, must have 4 or 16");
        refused(
                Resource.newBuilder()
                        .setService(Service.newBuilder()
                                .setNamespace("shop")
                                .setName("web")
                                .putBackends(
                                        "10.1.0.7",
                                        Service.Ports.newBuilder()
                                                .putPorts(
                                                        "http",
                                                        Service.PortProtocol.newBuilder()
                                                                .setPort(65_536)
                                                                .build())
                                                .build())),
                "service.backends[10.1.0.7].ports[http].port: is 65536, must be 0 to 65535");
    }

    private static void refused(Resource.Builder message, String why) {
        assertThatThrownBy(() -> ResourceProtos.fromProto(message.build()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessage(why);
    }

    @Test
    void eventsThatCannotBeReadAreRefused() {
        assertThatThrownBy(() -> EventProtos.statement("eastus", Event.getDefaultInstance()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessage("event.payload: is not set");
        assertThatThrownBy(() -> EventProtos.statement(
                        "eastus", Event.newBuilder().setDelete("no-key").build()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessage("event.delete: \"no-key\" is no key");
        assertThatThrownBy(() -> EventProtos.eventId(
                        Event.newBuilder().setEventId("x".repeat(9_999)).build()))
                .isInstanceOf(InvalidResourceException.class)
                .satisfies(refusal -> assertThat(refusal.getMessage().length()).isLessThan(300));
        assertThatThrownBy(() -> EventProtos.observedAtMicros(Event.newBuilder()
                        .setObservedAt(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                        .build()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("event.observed_at.seconds");
        assertThat(EventProtos.eventId(
                        Event.newBuilder().setEventId(new UUID(1, 2).toString()).build()))
                .isEqualTo(new UUID(1, 2));
    }
}
