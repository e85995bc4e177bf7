package io.meshlog.publisher.export;

import io.meshlog.events.model.ServiceExport;
import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.CoreService.Traffic;
import io.meshlog.publisher.k8s.ServiceExportObject;

/**
 * Services exported by the Multi-Cluster Services API: the ServiceExport says that, and the Service of the same name what.
 * Without that Service, and for one of type ExternalName, nothing is exported. Cilium's annotations do not count.
 */
final class ServiceExportRule {
    private static final String EXTERNAL_NAME = "ExternalName";
    /** By this alone a service is headless here; the label that makes a global service so does not count. */
    private static final String NO_CLUSTER_IP = "None";

    private ServiceExportRule() {}

    static boolean canBeExported(CoreService service) {
        return !service.traffic().type().equals(EXTERNAL_NAME);
    }

    static ServiceExport export(String cluster, ServiceExportObject export, CoreService service) {
        Traffic traffic = service.traffic();
        return new ServiceExport(
                cluster,
                export.meta().namespace(),
                export.meta().name(),
                export.exportedLabels(),
                export.exportedAnnotations(),
                export.meta().created(),
                service.ports().stream()
                        .map(port ->
                                new ServiceExport.Port(port.name(), port.protocol(), port.appProtocol(), port.port()))
                        .toList(),
                service.clusterIps().getFirst().equals(NO_CLUSTER_IP) ? "Headless" : "ClusterSetIP",
                traffic.sessionAffinity(),
                traffic.sessionAffinityTimeoutSeconds(),
                traffic.ipFamilies(),
                traffic.internalTrafficPolicy(),
                traffic.trafficDistribution());
    }
}
