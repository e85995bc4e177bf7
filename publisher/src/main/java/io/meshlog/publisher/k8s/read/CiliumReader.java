package io.meshlog.publisher.k8s.read;

import io.meshlog.events.model.Endpoint.NamedPort;
import io.meshlog.publisher.k8s.CiliumEndpoint;
import io.meshlog.publisher.k8s.CiliumEndpoint.Workload;
import io.meshlog.publisher.k8s.CiliumEndpointSlice;
import io.meshlog.publisher.k8s.CiliumIdentity;
import io.meshlog.publisher.k8s.CiliumNode;
import io.meshlog.publisher.k8s.CiliumNode.AddressPair;
import io.meshlog.publisher.k8s.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The kinds of cilium.io. */
final class CiliumReader {
    private static final long MAX_IDENTITY = 0xffff_ffffL;
    private static final int MAX_ENCRYPTION_KEY = 255;
    private static final int MAX_PORT = 65_535;

    private CiliumReader() {}

    static CiliumNode node(ObjectMeta meta, Field document) {
        Field spec = document.get("spec");
        List<CiliumNode.Address> addresses = new ArrayList<>();
        for (Field address : spec.get("addresses").items()) {
            // Names of nodes stand there too; readers of the mesh have no use for them, nor has Cilium.
            Addresses.ipIfAny(address.get("ip"))
                    .ifPresent(ip -> addresses.add(
                            new CiliumNode.Address(address.get("type").text(""), ip)));
        }
        Field ipam = spec.get("ipam");
        List<String> podCidrs = Stream.concat(
                        ipam.get("podCIDRs").items().stream(),
                        ipam.get("pools").get("allocated").items().stream()
                                .flatMap(pool -> pool.get("cidrs").items().stream()))
                .map(Addresses::cidr)
                .toList();
        return new CiliumNode(
                meta,
                addresses,
                podCidrs,
                pair(spec.get("health")),
                pair(spec.get("ingress")),
                encryptionKey(spec),
                spec.get("bootid").text(""));
    }

    private static AddressPair pair(Field field) {
        return new AddressPair(Addresses.optionalIp(field.get("ipv4")), Addresses.optionalIp(field.get("ipv6")));
    }

    static CiliumIdentity identity(ObjectMeta meta, Field document) {
        Field name = document.get("metadata").get("name");
        boolean canonical = meta.name().length() <= 10
                && meta.name().chars().allMatch(Character::isDigit)
                && !meta.name().startsWith("0");
        if (!canonical || Long.parseLong(meta.name()) > MAX_IDENTITY) {
            throw name.error("\"" + meta.name() + "\" is not an identity's number");
        }
        return new CiliumIdentity(
                meta,
                Long.parseLong(meta.name()),
                document.get("security-labels").texts());
    }

    static CiliumEndpoint endpoint(ObjectMeta meta, Field document) {
        Field status = document.get("status");
        return new CiliumEndpoint(
                meta,
                workload(meta.name(), identityNumber(status.get("identity").get("id")), status));
    }

    static CiliumEndpointSlice endpointSlice(ObjectMeta meta, Field document) {
        Field namespace = document.get("namespace");
        List<Workload> workloads = new ArrayList<>();
        for (Field endpoint : document.get("endpoints").items()) {
            workloads.add(
                    workload(ObjectReader.name(endpoint.get("name")), identityNumber(endpoint.get("id")), endpoint));
        }
        return new CiliumEndpointSlice(meta, namespace.isThere() ? ObjectReader.name(namespace) : "", workloads);
    }

    private static Workload workload(String podName, long identity, Field field) {
        Field networking = field.get("networking");
        List<String> addresses = new ArrayList<>();
        for (Field pair : networking.get("addressing").items()) {
            Stream.of("ipv4", "ipv6")
                    .map(family -> Addresses.optionalIp(pair.get(family)))
                    .filter(ip -> !ip.isEmpty())
                    .forEach(addresses::add);
        }
        List<NamedPort> ports = new ArrayList<>();
        for (Field port : field.get("named-ports").items()) {
            ports.add(new NamedPort(
                    port.get("name").text(""),
                    (int) port.get("port").number(0, 0, MAX_PORT),
                    port.get("protocol").text("")));
        }
        return new Workload(
                podName,
                addresses,
                Addresses.optionalIp(networking.get("node")),
                identity,
                encryptionKey(field),
                field.get("service-account").text(""),
                ports);
    }

    private static long identityNumber(Field field) {
        return field.number(0, 0, MAX_IDENTITY);
    }

    private static int encryptionKey(Field field) {
        return (int) field.get("encryption").get("key").number(0, 0, MAX_ENCRYPTION_KEY);
    }
}
