package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Services with their frontends and backends. */
final class ServiceView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Service service = resource.getService();
        ResourceName name = ResourceName.of(resource);
        row.cell("CLUSTER", name.cluster())
                .cell("NAMESPACE", name.namespace())
                .cell("NAME", name.name())
                .cell("FRONTENDS", addresses(service.getFrontendsMap()))
                .cell("BACKENDS", service.getBackendsCount())
                .wide("BACKEND-ADDRESSES", String.join(",", addresses(service.getBackendsMap())))
                .cell("SHARED", service.getShared())
                .wide("LABELS", Row.pairs(service.getLabelsMap()))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Service service = resource.getService();
        List<String> frontends = addresses(service.getFrontendsMap());
        return (frontends.isEmpty() ? "no frontend" : Row.shortened(frontends))
                + ", "
                + Row.count(service.getBackendsCount(), "backend")
                + (service.getShared() ? ", shared" : ", not shared");
    }

    /** {@code 10.96.0.10:80/TCP} for each port of each address; the address alone where it has no ports. */
    private static List<String> addresses(Map<String, Service.Ports> byAddress) {
        List<String> addresses = new ArrayList<>();
        new TreeMap<>(byAddress).forEach((address, ports) -> {
            String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
            if (ports.getPortsCount() == 0 && !address.isEmpty()) {
                addresses.add(host);
            }
            new TreeMap<>(ports.getPortsMap())
                    .values()
                    .forEach(port -> addresses.add(host + ":" + port.getPort() + "/" + port.getProtocol()));
        });
        return addresses;
    }
}
