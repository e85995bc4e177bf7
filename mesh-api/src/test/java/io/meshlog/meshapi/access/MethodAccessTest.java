package io.meshlog.meshapi.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthGrpc;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.schemas.etcd.AuthGrpc;
import io.meshlog.schemas.etcd.ClusterGrpc;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.LeaseGrpc;
import io.meshlog.schemas.etcd.MaintenanceGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.PublishingGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MethodAccessTest {
    private static final Principal MEMBER = Principal.member("eastus");
    private static final Principal OPERATOR = new Principal("o", null, Role.OPERATOR);
    private static final Principal READER = new Principal("r", null, Role.READER);

    @Test
    void everyMethodOfEveryService_hasAnEntry_andThereAreNoOthers() {
        // given
        Stream<ServiceDescriptor> services = Stream.of(
                MeshGrpc.getServiceDescriptor(),
                AdminGrpc.getServiceDescriptor(),
                PublishingGrpc.getServiceDescriptor(),
                KVGrpc.getServiceDescriptor(),
                WatchGrpc.getServiceDescriptor(),
                LeaseGrpc.getServiceDescriptor(),
                ClusterGrpc.getServiceDescriptor(),
                MaintenanceGrpc.getServiceDescriptor(),
                AuthGrpc.getServiceDescriptor(),
                HealthGrpc.getServiceDescriptor(),
                io.grpc.reflection.v1.ServerReflectionGrpc.getServiceDescriptor(),
                io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServiceDescriptor());

        // when
        Set<String> methods = services.flatMap(service -> service.getMethods().stream())
                .map(MethodDescriptor::getFullMethodName)
                .collect(Collectors.toSet());

        // then
        assertThat(MethodAccess.methods()).containsExactlyInAnyOrderElementsOf(methods);
    }

    @Test
    void whatHasNoEntry_isRefusedToEveryone() {
        for (Principal principal : List.of(MEMBER, OPERATOR, READER)) {
            assertThatThrownBy(() -> MethodAccess.requireMethod(principal, "meshlog.v1.Mesh/New"))
                    .isInstanceOfSatisfying(
                            FailedCallException.class,
                            refused -> assertThat(refused.failure()).isEqualTo(Failure.NOT_PERMITTED));
        }
    }

    @Test
    void onlyMembersPublish_andOnlyOperatorsCommand() {
        MethodAccess.requireMethod(MEMBER, "meshlog.v1.Publishing/Publish");
        MethodAccess.requireMethod(OPERATOR, "meshlog.v1.Admin/Expel");
        assertThatThrownBy(() -> MethodAccess.requireMethod(OPERATOR, "meshlog.v1.Publishing/Publish"))
                .hasMessageContaining("MEMBER");
        assertThatThrownBy(() -> MethodAccess.requireMethod(MEMBER, "meshlog.v1.Admin/Expel"))
                .hasMessageContaining("OPERATOR");
        assertThatThrownBy(() -> MethodAccess.requireMethod(READER, "meshlog.v1.Admin/Admit"))
                .hasMessageContaining("OPERATOR");
    }

    @Test
    void ciliumsRoot_hasAllOfEtcd_andNothingOfTheFleet() {
        // given
        Principal root = new Principal("cilium/root", null, Role.ROOT);
        AskedKeys put = AskedKeys.of(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("cilium/state/nodes/v1/eastus/a"))
                .build());

        // then
        MethodAccess.requireKeys(root, put);
        assertThat(MethodAccess.methods()).allSatisfy(method -> {
            if (method.startsWith("etcdserverpb.") || method.startsWith("grpc.health.")) {
                MethodAccess.requireMethod(root, method);
            } else {
                assertThatThrownBy(() -> MethodAccess.requireMethod(root, method))
                        .isInstanceOf(FailedCallException.class);
            }
        });
    }

    @Test
    void insecureDev_isForLoopbackOnly() {
        assertThatThrownBy(() -> InsecureDevAuthenticator.on(new InetSocketAddress(7400)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grpc.bind")
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void insecureDev_believesTheHeader() {
        // given
        Authenticator authenticator =
                InsecureDevAuthenticator.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 7400));
        Metadata headers = new Metadata();
        Metadata.Key<String> header =
                Metadata.Key.of(InsecureDevAuthenticator.CLUSTER_HEADER, Metadata.ASCII_STRING_MARSHALLER);

        // then
        assertThat(authenticator.authenticate(Attributes.EMPTY, headers).role()).isEqualTo(Role.OPERATOR);
        headers.put(header, "eastus");
        assertThat(authenticator.authenticate(Attributes.EMPTY, headers)).isEqualTo(MEMBER);
        headers.put(header, "_fleet");
        Metadata wrong = new Metadata();
        wrong.put(header, "_fleet");
        assertThatThrownBy(() -> authenticator.authenticate(Attributes.EMPTY, wrong))
                .hasMessageContaining("_fleet");
    }

    @Test
    void members_haveAClusterAndNobodyElseHas() {
        assertThatThrownBy(() -> new Principal("x", null, Role.MEMBER)).hasMessageContaining("has a cluster");
        assertThatThrownBy(() -> new Principal("x", "eastus", Role.READER)).hasMessageContaining("has a cluster");
    }
}
