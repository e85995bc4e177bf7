package io.meshlog.cli;

import com.google.protobuf.ByteString;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.ClusterStatus;
import io.meshlog.schemas.v1.Component;
import io.meshlog.schemas.v1.Endpoint;
import io.meshlog.schemas.v1.EndpointSlice;
import io.meshlog.schemas.v1.Fleet;
import io.meshlog.schemas.v1.Identity;
import io.meshlog.schemas.v1.Job;
import io.meshlog.schemas.v1.Node;
import io.meshlog.schemas.v1.Opaque;
import io.meshlog.schemas.v1.Replica;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Service;
import io.meshlog.schemas.v1.Session;
import io.meshlog.schemas.v1.StatusResponse;
import io.meshlog.schemas.v1.Violation;
import java.util.List;

/** A small fleet: something of every kind, some of it hostile. */
final class Fixtures {
    private Fixtures() {}

    static List<Resource> all() {
        return List.of(
                at("_fleet/clusters/eastus", 2)
                        .setCluster(Cluster.newBuilder()
                                .setName("eastus")
                                .setId(1)
                                .addPodCidrs("10.1.0.0/16")
                                .addNodeCidrs("172.16.1.0/24"))
                        .build(),
                at("_fleet/clusters/westeu", 3)
                        .setCluster(
                                Cluster.newBuilder().setName("westeu").setId(2).setMaxResources(5000))
                        .build(),
                at("_fleet/fleet/_fleet", 1).setFleet(fleet()).build(),
                at("_fleet/jobs/0000000000000000007", 40)
                        .setJob(Job.newBuilder().setId(7).setType("EXPEL").setCluster("edge"))
                        .build(),
                endpoint(),
                slice(),
                at("eastus/identities/65541", 12)
                        .setIdentity(Identity.newBuilder()
                                .setId(65541)
                                .addLabels(label("k8s", "app", "web"))
                                .addLabels(label("k8s", "io.cilium.k8s.policy.cluster", "eastus"))
                                .addLabels(label("k8s", "io.kubernetes.pod.namespace", "shop"))
                                .addLabels(label("k8s", "tier", "front")))
                        .build(),
                node("eastus", "node-1", "172.16.1.11", "10.1.0.0/24", "wgkey="),
                at("eastus/opaque/cilium/future/v9/x", 20)
                        .setOpaque(Opaque.newBuilder()
                                .setKey(ByteString.copyFromUtf8("cilium/future/v9/x"))
                                .setValue(ByteString.copyFromUtf8("value")))
                        .build(),
                service("eastus", "web", 3, true),
                at("eastus/sessions/publisher", 41).setSession(session()).build(),
                at("eastus/violations/nodes/evil", 25)
                        .setViolation(Violation.newBuilder()
                                .setSubject("eastus/nodes/evil")
                                .setRule("NAME_MISMATCH")
                                .setMessage("name \u001b[31mred\u001b[0m\r\nsecond line \u202e\u009b31m"))
                        .build(),
                node("westeu", "node-1", "172.16.2.11", "10.2.0.0/24", ""),
                service("westeu", "web", 1, false));
    }

    static Resource.Builder at(String key, long revision) {
        return Resource.newBuilder()
                .setKey(key)
                .setRevision(revision)
                .setCreateRevision(revision)
                .setVersion(1);
    }

    static Resource service(String cluster, String name, int backends, boolean shared) {
        Service.Builder service = Service.newBuilder()
                .setCluster(cluster)
                .setNamespace("shop")
                .setName(name)
                .setShared(shared)
                .putLabels("app", name)
                .putFrontends("10.96.0.10", ports("http", 80));
        for (int i = 1; i <= backends; i++) {
            service.putBackends("10.1.0." + i, ports("http", 8080));
        }
        return at(cluster + "/services/shop/" + name, 30 + backends)
                .setVersion(backends)
                .setService(service)
                .build();
    }

    static Fleet fleet() {
        return Fleet.newBuilder()
                .setName("demo")
                .setLogId("0b5f6a1e-7c52-4a0b-9a53-0123456789ab")
                .setFeatureLevel(1)
                .setHorizon(1)
                .build();
    }

    static StatusResponse healthy() {
        return StatusResponse.newBuilder()
                .setFleet(fleet())
                .setRevision(FakeMesh.REVISION)
                .setReplica(Replica.newBuilder()
                        .setName("mesh-api-0")
                        .setVersion("0.1.0")
                        .setState("Following")
                        .setSynced(true)
                        .setStalenessMs(12)
                        .setWatches(2)
                        .setResources(14))
                .addClusters(ClusterStatus.newBuilder()
                        .setName("eastus")
                        .setId(1)
                        .putResources("nodes", 1)
                        .putResources("services", 1)
                        .setViolations(1)
                        .setSession(session())
                        .setConnected(true))
                .addClusters(ClusterStatus.newBuilder().setName("westeu").setId(2))
                .addComponents(component("kafka", "ok", true))
                .build();
    }

    static Component component(String name, String state, boolean healthy) {
        return Component.newBuilder()
                .setName(name)
                .setState(state)
                .setHealthy(healthy)
                .build();
    }

    private static Session session() {
        return Session.newBuilder()
                .setWriter("publisher")
                .setCluster("eastus")
                .setPrincipal("cluster/eastus")
                .setIncarnation("5f0c6f0e-0000-4000-8000-000000000001")
                .setEpoch(2)
                .setSequence(17)
                .setEventOffset(99)
                .setSnapshotComplete(true)
                .build();
    }

    private static Resource endpoint() {
        return at("eastus/endpoints/10.1.0.1", 11)
                .setEndpoint(Endpoint.newBuilder()
                        .setIp("10.1.0.1")
                        .setHostIp("172.16.1.11")
                        .setIdentity(65541)
                        .setNamespace("shop")
                        .setPodName("web-0")
                        .setServiceAccount("web")
                        .addNamedPorts(Endpoint.NamedPort.newBuilder()
                                .setName("http")
                                .setPort(8080)
                                .setProtocol("TCP")))
                .build();
    }

    private static Resource slice() {
        return at("eastus/endpointslices/shop/web-abc", 13)
                .setEndpointSlice(EndpointSlice.newBuilder()
                        .setCluster("eastus")
                        .setNamespace("shop")
                        .setName("web-abc")
                        .setAddressType("IPv4")
                        .addEndpoints(EndpointSlice.Endpoint.newBuilder().addAddresses("10.1.0.1"))
                        .addEndpoints(EndpointSlice.Endpoint.newBuilder()
                                .addAddresses("10.1.0.2")
                                .setReady(false))
                        .addPorts(EndpointSlice.Port.newBuilder().setPort(8080).setProtocol("TCP")))
                .build();
    }

    private static Resource node(String cluster, String name, String ip, String cidr, String wireguard) {
        return at(cluster + "/nodes/" + name, 10)
                .setNode(Node.newBuilder()
                        .setName(name)
                        .setCluster(cluster)
                        .addAddresses(address("CiliumInternalIP", "10.1.0.250"))
                        .addAddresses(address("InternalIP", ip))
                        .setIpv4AllocCidr(cidr)
                        .putLabels("zone", "1")
                        .setWireguardPublicKey(wireguard))
                .build();
    }

    private static Node.Address address(String type, String ip) {
        return Node.Address.newBuilder().setType(type).setIp(ip).build();
    }

    private static Identity.Label label(String source, String key, String value) {
        return Identity.Label.newBuilder()
                .setSource(source)
                .setKey(key)
                .setValue(value)
                .build();
    }

    private static Service.Ports ports(String name, int port) {
        return Service.Ports.newBuilder()
                .putPorts(
                        name,
                        Service.PortProtocol.newBuilder()
                                .setProtocol("TCP")
                                .setPort(port)
                                .build())
                .build();
    }
}
