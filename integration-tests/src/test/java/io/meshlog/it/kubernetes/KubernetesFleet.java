package io.meshlog.it.kubernetes;

import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.meshapi.MeshApi;
import java.nio.file.Path;
import java.util.List;

/**
 * A cluster's Kubernetes API, and a fleet that the cluster was admitted to: broker, projector, gateway and a replica whose
 * etcd face shows what the cluster's own etcd would. Another cluster's publisher is in the same fleet.
 */
final class KubernetesFleet implements AutoCloseable {
    private final KubernetesApi api;
    private final EmbeddedKafka broker;
    private final FleetInProcess fleet;
    private final MeshApi replica;
    private final EtcdFace face;

    private KubernetesFleet(KubernetesApi api, EmbeddedKafka broker, FleetInProcess fleet) {
        this.api = api;
        this.broker = broker;
        this.fleet = fleet;
        fleet.admit(PublisherProcess.CLUSTER, PublisherProcess.CLUSTER_ID);
        replica = fleet.startAnother("mesh-api-1", PublisherProcess.CLUSTER);
        await("the replica").atMost(FleetInProcess.START_LIMIT).until(replica::synced);
        face = new EtcdFace(replica.etcdPort());
    }

    static KubernetesFleet start(KubernetesProgram program, Path folder, List<Path> definitions) {
        KubernetesApi api = KubernetesApi.start(program.file(), folder.resolve("kubernetes"), definitions);
        EmbeddedKafka broker = FleetOnKafka.broker(folder);
        return new KubernetesFleet(api, broker, FleetInProcess.onOneBroker("kubernetes", broker, folder));
    }

    KubernetesApi api() {
        return api;
    }

    EtcdFace face() {
        return face;
    }

    /** On loopback. */
    int gatewayPort() {
        return replica.grpcPort();
    }

    @Override
    public void close() {
        face.close();
        replica.close();
        fleet.close();
        broker.close();
        api.close();
    }
}
