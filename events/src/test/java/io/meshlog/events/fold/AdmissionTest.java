package io.meshlog.events.fold;

import static io.meshlog.events.fold.FoldHarness.endpoint;
import static io.meshlog.events.fold.FoldHarness.identity;
import static io.meshlog.events.fold.FoldHarness.node;
import static io.meshlog.events.fold.FoldHarness.opaque;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    /** What eastus (id 1, pods 10.1/16, nodes 172.1/16) declares, and the rule it breaks, null for none. */
    static Stream<Arguments> declarations() {
        return Stream.of(
                Arguments.of("own node", node("eastus", "a", "172.1.0.3"), null),
                Arguments.of("node of another", node("westeurope", "a", "172.1.0.3"), Rule.NAME_MISMATCH),
                Arguments.of(
                        "node at another's address", node("eastus", "a", "172.2.0.3"), Rule.ADDRESS_OF_OTHER_CLUSTER),
                Arguments.of("node outside", node("eastus", "a", "192.168.0.1"), Rule.ADDRESS_OUTSIDE_CLUSTER),
                Arguments.of("node at no address", node("eastus", "a", "host"), Rule.ADDRESS_INVALID),
                Arguments.of("node at a part of an address", node("eastus", "a", "172.1"), Rule.ADDRESS_INVALID),
                Arguments.of("first identity", identity(65_536 + 256, "k8s:app=web"), null),
                Arguments.of("last identity", identity(131_071, "k8s:app=web"), null),
                Arguments.of("below its range", identity(65_536 + 255), Rule.IDENTITY_OUT_OF_RANGE),
                Arguments.of("another's identity", identity(131_072 + 256), Rule.IDENTITY_OUT_OF_RANGE),
                Arguments.of("reserved identity", identity(1), Rule.IDENTITY_RESERVED),
                Arguments.of("own cluster label", identity(65_792, "k8s:io.cilium.k8s.policy.cluster=eastus"), null),
                Arguments.of(
                        "another's cluster label",
                        identity(65_792, "k8s:io.cilium.k8s.policy.cluster=westeurope"),
                        Rule.IDENTITY_CLUSTER_LABEL),
                Arguments.of("own endpoint", endpoint("10.1.0.7", "web"), null),
                Arguments.of("own endpoint, other family", endpoint("fd00::7", "web"), null),
                Arguments.of("another's endpoint", endpoint("10.2.0.7", "web"), Rule.ADDRESS_OF_OTHER_CLUSTER),
                Arguments.of("endpoint without identity", withIdentity(0), null),
                Arguments.of("host endpoint", withIdentity(1), null),
                Arguments.of("well-known identity", withIdentity(104), null),
                Arguments.of("endpoint with own identity", withIdentity(65_792), null),
                Arguments.of("endpoint with another's identity", withIdentity(131_400), Rule.IDENTITY_OUT_OF_RANGE),
                Arguments.of("endpoint with no known identity", withIdentity(-1), Rule.IDENTITY_OUT_OF_RANGE),
                Arguments.of("own service", service("eastus", 1, "10.1.0.7"), null),
                Arguments.of("service with another's id", service("eastus", 2, "10.1.0.7"), Rule.CLUSTER_ID_MISMATCH),
                Arguments.of(
                        "service with another's backend",
                        service("eastus", 1, "10.2.0.7"),
                        Rule.ADDRESS_OF_OTHER_CLUSTER),
                Arguments.of("own slice", slice("IPv4", "10.1.0.7"), null),
                Arguments.of("slice with another's address", slice("IPv4", "10.2.0.7"), Rule.ADDRESS_OF_OTHER_CLUSTER),
                Arguments.of("slice of names", slice("FQDN", "web.example.test"), null),
                Arguments.of("opaque", opaque("some/key", "value"), null),
                Arguments.of("key too long", opaque("k".repeat(1_100), "value"), Rule.TOO_LARGE),
                Arguments.of("value too large", opaque("k", "v".repeat(600_000)), Rule.TOO_LARGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("declarations")
    void aClusterDeclaresOnlyItself(String name, Value declared, @Nullable Rule broken) {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        Answer answer = fleet.upsert("eastus", declared);

        assertThat(answer.rule()).isEqualTo(broken);
        assertThat(answer.code()).isEqualTo(broken == null ? AnswerCode.APPLIED : AnswerCode.REFUSED);
        assertThat(fleet.value(FoldHarness.key("eastus", declared))).isEqualTo(broken == null ? declared : null);
    }

    @Test
    void theLimitOfResourcesIsNamed() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.command(new Statement.Admit(new Cluster("eastus", 1, List.of(), List.of(), 2)));
        fleet.upsert("eastus", opaque("a", "1"));
        fleet.upsert("eastus", opaque("b", "1"));

        Answer third = fleet.upsert("eastus", opaque("c", "1"));
        Answer change = fleet.upsert("eastus", opaque("a", "2"));

        assertThat(third.rule()).isEqualTo(Rule.TOO_MANY);
        assertThat(third.message()).contains("2 resources");
        assertThat(change.code()).isEqualTo(AnswerCode.APPLIED);
    }

    @Test
    void violationsAreKeptUpToTheirLimitAndAnsweredBeyond() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(new Limits(100, 1_024, 1_024, 100, 100, 100, 3, 3, 8));

        for (int i = 0; i < 5; i++) {
            assertThat(fleet.upsert("eastus", endpoint("10.2.0." + i, "x")).code())
                    .isEqualTo(AnswerCode.REFUSED);
        }

        assertThat(fleet.live(Kind.VIOLATION)).hasSize(3);
    }

    /** What an operator admits beside eastus and westeurope, and the rule it breaks, null for none. */
    static Stream<Arguments> admissions() {
        return Stream.of(
                Arguments.of(new Cluster("edge", 3, List.of("10.3.0.0/16"), List.of(), 0), null),
                Arguments.of(new Cluster("eastus", 1, List.of("10.9.0.0/16"), List.of(), 0), null),
                Arguments.of(new Cluster("Edge", 3, List.of(), List.of(), 0), Rule.NAME_MISMATCH),
                Arguments.of(new Cluster("_fleet", 3, List.of(), List.of(), 0), Rule.NAME_MISMATCH),
                Arguments.of(new Cluster("e".repeat(33), 3, List.of(), List.of(), 0), Rule.NAME_MISMATCH),
                Arguments.of(new Cluster("edge", 256, List.of(), List.of(), 0), Rule.CLUSTER_ID_MISMATCH),
                Arguments.of(new Cluster("edge", 0, List.of(), List.of(), 0), Rule.CLUSTER_ID_MISMATCH),
                Arguments.of(new Cluster("edge", 2, List.of(), List.of(), 0), Rule.CLUSTER_CONFLICT),
                Arguments.of(new Cluster("eastus", 3, List.of(), List.of(), 0), Rule.CLUSTER_CONFLICT),
                Arguments.of(new Cluster("edge", 3, List.of("10.1.7.0/24"), List.of(), 0), Rule.CLUSTER_CONFLICT),
                Arguments.of(new Cluster("edge", 3, List.of(), List.of("172.0.0.0/8"), 0), Rule.CLUSTER_CONFLICT),
                Arguments.of(new Cluster("edge", 3, List.of("10.3.0.0/33"), List.of(), 0), Rule.ADDRESS_INVALID));
    }

    @ParameterizedTest
    @MethodSource("admissions")
    void clustersAreAdmittedWithNamesIdsAndAddressesOfTheirOwn(Cluster cluster, @Nullable Rule broken) {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        Answer answer = fleet.command(new Statement.Admit(cluster));

        assertThat(answer.rule()).isEqualTo(broken);
        assertThat(cluster.equals(fleet.state.cluster(cluster.name()))).isEqualTo(broken == null);
    }

    @Test
    void aWiderAdmissionMakesRoomForWhatWasRefused() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        Value outside = endpoint("10.99.0.1", "web");
        assertThat(fleet.upsert("eastus", outside).rule()).isEqualTo(Rule.ADDRESS_OUTSIDE_CLUSTER);

        fleet.command(new Statement.Admit(
                new Cluster("eastus", 1, List.of("10.1.0.0/16", "10.99.0.0/16"), List.of("172.1.0.0/16"), 0)));
        Answer again = fleet.upsert("eastus", outside);

        assertThat(again.code()).isEqualTo(AnswerCode.APPLIED);
        assertThat(fleet.live(Kind.VIOLATION)).isEmpty();
    }

    @Test
    void aKeyThatIsNotTheResourcesNameIsRefused() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        ResourceKey other = new ResourceKey("eastus/endpoints/10.1.0.8");

        Answer answer = fleet.say("eastus", new Statement.Upsert(other, endpoint("10.1.0.7", "web")));

        assertThat(answer.rule()).isEqualTo(Rule.NAME_MISMATCH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"eastus", "eastus/", "eastus/opaque", "eastus/opaque/", "/opaque/a", "", "eastus/opaque/\u20ac"})
    void aKeyThatNoLogCanHoldIsRefusedAndLeavesNothing(String text) {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        ResourceKey key = new ResourceKey(text);

        assertThat(fleet.say("eastus", new Statement.Upsert(key, opaque("a", "1")))
                        .rule())
                .isEqualTo(Rule.MALFORMED);
        assertThat(fleet.say("eastus", new Statement.Delete(key)).rule()).isEqualTo(Rule.MALFORMED);
        assertThat(fleet.live(Kind.OPAQUE, Kind.VIOLATION)).isEmpty();
    }

    private static Value withIdentity(long identity) {
        return Value.of(new Endpoint("10.1.0.7", null, "172.1.0.3", identity, 0, "", "", "", "", List.of()));
    }

    private static Value service(String cluster, int id, String backend) {
        return Value.of(new Service(
                cluster,
                id,
                "shop",
                "web",
                Map.of("10.96.0.1", Map.of("http", new Service.PortProtocol("TCP", 80))),
                Map.of(backend, Map.of("http", new Service.PortProtocol("TCP", 8080))),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                true,
                true));
    }

    private static Value slice(String type, String address) {
        return Value.of(new EndpointSlice(
                "eastus",
                1,
                "shop",
                "web-1",
                Map.of(),
                Map.of(),
                type,
                List.of(new EndpointSlice.SliceEndpoint(
                        List.of(address), true, null, null, null, null, null, List.of(), List.of())),
                List.of()));
    }
}
