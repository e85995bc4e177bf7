package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.ServiceExport;
import java.util.List;

/** Services exported to the cluster set. */
final class ServiceExportView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        ServiceExport export = resource.getServiceExport();
        ResourceName name = ResourceName.of(resource);
        row.cell("CLUSTER", name.cluster())
                .cell("NAMESPACE", name.namespace())
                .cell("NAME", name.name())
                .cell("TYPE", export.getType())
                .cell("PORTS", ports(export))
                .cell("CREATED", export.getExportCreationTimestamp())
                .wide("AFFINITY", export.getSessionAffinity())
                .wide("IP-FAMILIES", String.join(",", export.getIpFamiliesList()))
                .wide("LABELS", Row.pairs(export.getLabelsMap()))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        ServiceExport export = resource.getServiceExport();
        List<String> ports = ports(export);
        return export.getType() + ", " + (ports.isEmpty() ? "no port" : Row.shortened(ports));
    }

    private static List<String> ports(ServiceExport export) {
        return export.getPortsList().stream()
                .map(port -> port.getPort() + "/" + port.getProtocol())
                .toList();
    }
}
