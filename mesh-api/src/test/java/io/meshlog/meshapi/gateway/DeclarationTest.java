package io.meshlog.meshapi.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.Frame;
import io.meshlog.schemas.v1.Opaque;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Service;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class DeclarationTest {
    private static final Principal EASTUS = Principal.member("eastus");
    private static final GatewayLimits LIMITS = new GatewayLimits(1_000, 2, 10, 100, 1, 1, 1);

    private static Event.Builder event() {
        return Event.newBuilder().setEventId(new UUID(1, 2).toString()).setSequence(1);
    }

    private static Resource opaque(String key, int valueBytes) {
        return Resource.newBuilder()
                .setKey(key)
                .setOpaque(Opaque.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setValue(ByteString.copyFrom(new byte[valueBytes])))
                .build();
    }

    private static Declaration read(Event.Builder event) {
        return Declaration.of(EASTUS, "gw-0", event.build(), LIMITS);
    }

    @Test
    void keyOfAnotherCluster_isPassedOnForTheFoldToRefuse_underTheCallersName() {
        // when
        Declaration declaration = read(event().setUpsert(opaque("westus/opaque/a", 1)));

        // then
        assertThat(((Statement.Upsert) declaration.statement()).key().prefix()).isEqualTo("westus");
        Sender sender = new Sender("eastus", EASTUS.name(), "gw-0", "publisher", 1, 1);
        assertThat(declaration.stamped(sender).sender().cluster()).isEqualTo("eastus");
    }

    @Test
    void tooLargeEvent_namesTheLimit() {
        assertThatThrownBy(() -> read(event().setUpsert(opaque("eastus/opaque/a", 1_000))))
                .isInstanceOf(FailedCallException.class)
                .hasMessageContaining("max_event_bytes is 1000");
    }

    @Test
    void tooManyResources_nameTheLimit() {
        // given
        Frame.Builder frame = Frame.newBuilder();
        for (int i = 0; i < 3; i++) {
            frame.addResources(opaque("", 1));
        }

        // then
        assertThatThrownBy(() -> read(event().setFrame(frame)))
                .hasMessageContaining("3 resources")
                .hasMessageContaining("max_frame_resources is 2");
        assertThat(read(event().setFrame(Frame.newBuilder().addResources(opaque("", 1))))
                        .weight())
                .isEqualTo(1);
    }

    @Test
    void keysThatNoLogCanHold_areRefusedAtOnce() {
        for (String key :
                new String[] {"eastus", "eastus/", "eastus/opaque", "eastus/opaque/", "/opaque/a", "eastus//a"}) {
            assertThatThrownBy(() -> read(event().setDelete(key))).as(key).isInstanceOf(RuntimeException.class);
        }
        Service beyond =
                Service.newBuilder().setNamespace("shop").setName("\u4e16").build();
        assertThatThrownBy(() -> read(event().setUpsert(Resource.newBuilder().setService(beyond))))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> read(event().setFrame(Frame.newBuilder()
                        .addResources(Resource.newBuilder().setService(beyond)))))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void sequencesBeginWithOne() {
        assertThatThrownBy(() -> read(event().setSequence(0).setDelete("eastus/opaque/a")))
                .hasMessageContaining("event.sequence");
    }
}
