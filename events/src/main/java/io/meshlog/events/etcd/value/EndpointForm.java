package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.Resource;
import java.util.Base64;

/** Cilium's {@code IPIdentityPair} (pkg/identity), as JSON. */
final class EndpointForm implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        Endpoint endpoint = (Endpoint) resource;
        Bytes mask = endpoint.mask();
        return GoJson.object(json -> {
            json.text("IP", endpoint.ip());
            if (mask == null) {
                json.none("Mask");
            } else {
                json.text("Mask", Base64.getEncoder().encodeToString(mask.shared()));
            }
            json.text("HostIP", endpoint.hostIp())
                    .number("ID", endpoint.identity())
                    .number("Key", endpoint.encryptionKey())
                    .text("Metadata", endpoint.metadata())
                    .textIfAny("K8sNamespace", endpoint.namespace())
                    .textIfAny("K8sPodName", endpoint.podName())
                    .textIfAny("K8sServiceAccount", endpoint.serviceAccount());
            if (!endpoint.namedPorts().isEmpty()) {
                json.array(
                        "NamedPorts",
                        endpoint.namedPorts(),
                        (inner, port) -> inner.text("Name", port.name())
                                .number("Port", port.port())
                                .text("Protocol", port.protocol()));
            }
        });
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        JsonFields json = JsonFields.parse(bytes);
        byte[] mask = json.bytes("Mask");
        return new Endpoint(
                json.text("IP"),
                mask == null ? null : Bytes.owned(mask),
                json.text("HostIP"),
                json.number("ID"),
                (int) json.number("Key"),
                json.text("Metadata"),
                json.text("K8sNamespace"),
                json.text("K8sPodName"),
                json.text("K8sServiceAccount"),
                json.list(
                        "NamedPorts",
                        port -> new Endpoint.NamedPort(
                                port.text("Name"), (int) port.number("Port"), port.text("Protocol"))));
    }
}
