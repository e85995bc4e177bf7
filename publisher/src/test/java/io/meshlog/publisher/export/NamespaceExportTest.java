package io.meshlog.publisher.export;

import static io.meshlog.publisher.export.Objects.endpoint;
import static io.meshlog.publisher.export.Objects.namespace;
import static io.meshlog.publisher.export.Objects.service;
import static io.meshlog.publisher.export.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.publisher.export.ExportSettings.EndpointSource;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectChange.Deleted;
import io.meshlog.publisher.k8s.ObjectChange.Upserted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceExportTest {
    private static final List<KubernetesObject> MEMBERS = List.of(
            Objects.one("""
                    {apiVersion: cilium.io/v2, kind: CiliumIdentity, metadata: {name: "65792"},
                     security-labels: {"k8s:io.kubernetes.pod.namespace": shop}}
                    """),
            endpoint("web-0", "shop", "", "networking: {addressing: [{ipv4: 10.1.0.5}]}"),
            service("web", "service.cilium.io/global: \"true\"", "clusterIP: 10.96.0.1"),
            slice("web-1", "kubernetes.io/service-name: web", "IPv4", "{addresses: [10.1.0.5]}"));
    private static final KubernetesObject NODE =
            Objects.one("{apiVersion: cilium.io/v2, kind: CiliumNode, metadata: {name: node-a}}");
    private static final String ANNOTATION = "clustermesh.cilium.io/global";

    @ParameterizedTest
    @CsvSource({
        "true, , true",
        "true, true, true",
        "true, True, true",
        "true, yes, false",
        "true, false, false",
        "true, '', false",
        "false, , false",
        "false, true, true",
        "false, True, true",
        "false, yes, false"
    })
    void aNamespaceTakesPartByItsAnnotationOrTheDefault(boolean byDefault, String annotation, boolean exported) {
        ExportPolicy policy = policy(byDefault);
        apply(policy, MEMBERS);
        apply(policy, List.of(NODE));

        apply(policy, List.of(annotation == null ? namespace("shop") : namespace("shop", ANNOTATION, annotation)));

        assertThat(Objects.declared(policy)).hasSize(exported ? 5 : 1);
    }

    @Test
    void aFlipAddsAndRemovesEveryKindButNodes() {
        ExportPolicy policy = policy(true);
        apply(policy, List.of(namespace("shop"), NODE));
        assertThat(apply(policy, MEMBERS).changes()).hasSize(4);

        assertThat(apply(policy, List.of(namespace("shop", ANNOTATION, "false")))
                        .changes())
                .hasSize(4)
                .allMatch(change -> change instanceof ExportChange.Withdraw);
        assertThat(Objects.declared(policy)).hasSize(1);

        assertThat(apply(policy, List.of(namespace("shop"))).changes())
                .hasSize(4)
                .allMatch(change -> change instanceof ExportChange.Declare);
    }

    @Test
    void aChangeOfANamespaceThatLeavesItWhereItIsChangesNothing() {
        ExportPolicy policy = policy(true);
        apply(policy, List.of(namespace("shop")));
        apply(policy, MEMBERS);

        assertThat(apply(policy, List.of(namespace("shop", "other", "x"))).changes())
                .isEmpty();
    }

    @Test
    void whatIsInAnUnknownNamespaceIsSkippedWithAReasonUntilItIsKnown() {
        ExportPolicy policy = policy(true);

        ExportDelta delta = apply(policy, MEMBERS);

        assertThat(delta.changes()).isEmpty();
        assertThat(delta.skipped())
                .extracting(Skipped::reason)
                .hasSize(3)
                .containsOnly("its namespace shop is not known");

        apply(policy, List.of(namespace("shop")));
        assertThat(policy.skipped()).isEmpty();
        assertThat(Objects.declared(policy)).hasSize(4);

        policy.apply(List.of(new Deleted(namespace("shop").reference())));
        assertThat(Objects.declared(policy)).isEmpty();
    }

    /** However the objects are cut into batches, what is declared in the end is the same. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyOrderOfChangesComesToTheSame(long seed) {
        Random random = new Random(seed);
        List<KubernetesObject> all = new ArrayList<>(MEMBERS);
        all.add(namespace("shop"));
        all.add(NODE);
        ExportPolicy whole = policy(true);
        whole.replace(all);
        ExportPolicy policy = policy(true);

        for (int round = 0; round < 20; round++) {
            Collections.shuffle(all, random);
            for (KubernetesObject object : all) {
                ObjectChange change =
                        random.nextInt(3) == 0 && round < 19 ? new Deleted(object.reference()) : new Upserted(object);
                policy.apply(List.of(change));
            }
        }

        assertThat(Objects.declared(policy)).as("seed %d", seed).isEqualTo(Objects.declared(whole));
    }

    @Test
    void aNewListTakesBackWhatItDoesNotName() {
        ExportPolicy policy = policy(true);
        apply(policy, List.of(namespace("shop"), NODE));
        apply(policy, MEMBERS);

        policy.replace(List.of(namespace("shop"), NODE));

        ExportPolicy fresh = policy(true);
        fresh.replace(List.of(namespace("shop"), NODE));
        assertThat(Objects.declared(policy)).isEqualTo(Objects.declared(fresh));
    }

    private static ExportPolicy policy(boolean defaultGlobal) {
        return new ExportPolicy(new ExportSettings("eastus", 1, defaultGlobal, EndpointSource.CILIUM_ENDPOINT));
    }

    private static ExportDelta apply(ExportPolicy policy, List<KubernetesObject> objects) {
        return policy.apply(objects.stream().map(Upserted::new).toList());
    }
}
