package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ServiceExport;
import org.jspecify.annotations.Nullable;

/** Cilium's record of a service export (pkg/clustermesh/mcsapi/types), as JSON: labels and annotations stand there twice. */
final class ServiceExportForm implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        ServiceExport export = (ServiceExport) resource;
        return GoJson.object(json -> {
            json.text("cluster", export.cluster())
                    .text("name", export.name())
                    .text("namespace", export.namespace())
                    .textsIfAny("annotations", export.annotations())
                    .textsIfAny("labels", export.labels())
                    .textsIfAny("Labels", export.labels())
                    .textsIfAny("Annotations", export.annotations());
            if (export.exportCreationTimestamp().isEmpty()) {
                json.none("exportCreationTimestamp");
            } else {
                json.text("exportCreationTimestamp", export.exportCreationTimestamp());
            }
            json.arrayOrNull(
                    "ports",
                    export.ports(),
                    (inner, port) -> inner.textIfAny("name", port.name())
                            .textIfAny("protocol", port.protocol())
                            .textIfAny("appProtocol", port.appProtocol())
                            .number("port", port.port()));
            json.text("type", export.type()).text("sessionAffinity", export.sessionAffinity());
            Integer timeout = export.sessionAffinityTimeoutSeconds();
            if (timeout != null) {
                json.object(
                        "sessionAffinityConfig",
                        config -> config.object("clientIP", client -> client.number("timeoutSeconds", timeout)));
            }
            json.wordsIfAny("ipFamilies", export.ipFamilies())
                    .textIfAny("internalTrafficPolicy", export.internalTrafficPolicy())
                    .textIfAny("trafficDistribution", export.trafficDistribution());
        });
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        JsonFields json = JsonFields.parse(bytes);
        JsonFields client = json.object("sessionAffinityConfig").object("clientIP");
        return new ServiceExport(
                json.text("cluster"),
                json.text("namespace"),
                json.text("name"),
                json.texts("labels"),
                json.texts("annotations"),
                json.text("exportCreationTimestamp"),
                json.list(
                        "ports",
                        port -> new ServiceExport.Port(
                                port.text("name"), port.text("protocol"), orNull(port, "appProtocol"), (int)
                                        port.number("port"))),
                json.text("type"),
                json.text("sessionAffinity"),
                client.has("timeoutSeconds") ? (Integer) (int) client.number("timeoutSeconds") : null,
                json.words("ipFamilies"),
                orNull(json, "internalTrafficPolicy"),
                orNull(json, "trafficDistribution"));
    }

    private static @Nullable String orNull(JsonFields json, String name) {
        return json.has(name) ? json.text(name) : null;
    }
}
