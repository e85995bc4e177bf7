package io.meshlog.events.etcd.value;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStream;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.events.model.Resource;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * Cilium's endpoint slice: a zstd frame around proto2. What is written from a resource holds in its frame what Cilium's
 * would, the frame itself is another compressor's.
 */
final class SliceForm implements ValueForm {
    /** What a frame may hold unpacked, in bytes: twice what the fleet takes as a value. */
    private static final int MAX_UNPACKED = 1 << 20;

    private static final int LEVEL = 3;

    @Override
    public byte[] encode(Resource resource) {
        return Zstd.compress(message((EndpointSlice) resource), LEVEL);
    }

    private static byte[] message(EndpointSlice slice) {
        Proto2Writer out = new Proto2Writer();
        out.text(1, slice.cluster())
                .number(2, slice.clusterId())
                .text(3, slice.namespace())
                .text(4, slice.name());
        slice.labels().forEach((key, value) -> out.entry(5, key, value));
        slice.annotations().forEach((key, value) -> out.entry(6, key, value));
        out.text(7, slice.addressType());
        slice.endpoints().forEach(endpoint -> out.message(8, inner -> endpoint(inner, endpoint)));
        slice.ports().forEach(port -> out.message(9, inner -> port(inner, port)));
        return out.toBytes();
    }

    private static void endpoint(Proto2Writer out, SliceEndpoint endpoint) {
        endpoint.addresses().forEach(address -> out.text(1, address));
        out.message(
                2,
                conditions -> conditions
                        .truth(1, endpoint.ready())
                        .truth(2, endpoint.serving())
                        .truth(3, endpoint.terminating()));
        out.text(3, endpoint.hostname()).text(6, endpoint.nodeName()).text(7, endpoint.zone());
        if (!endpoint.forZones().isEmpty() || !endpoint.forNodes().isEmpty()) {
            out.message(8, hints -> {
                endpoint.forZones().forEach(zone -> hints.message(1, inner -> inner.text(1, zone)));
                endpoint.forNodes().forEach(node -> hints.message(2, inner -> inner.text(1, node)));
            });
        }
    }

    private static void port(Proto2Writer out, SlicePort port) {
        out.text(1, port.name()).text(2, port.protocol());
        if (port.port() != null) {
            out.number(3, port.port());
        }
        out.text(4, port.appProtocol());
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        Proto2Fields fields = Proto2Fields.of(unpack(bytes));
        return new EndpointSlice(
                fields.textOrEmpty(1),
                (int) fields.number(2),
                fields.textOrEmpty(3),
                fields.textOrEmpty(4),
                fields.map(5),
                fields.map(6),
                fields.textOrEmpty(7),
                fields.messages(8).stream().map(SliceForm::endpoint).toList(),
                fields.messages(9).stream().map(SliceForm::port).toList());
    }

    private static SliceEndpoint endpoint(Proto2Fields fields) {
        Proto2Fields conditions = fields.message(2);
        Proto2Fields hints = fields.message(8);
        return new SliceEndpoint(
                fields.texts(1),
                conditions.truth(1),
                conditions.truth(2),
                conditions.truth(3),
                fields.text(3),
                fields.text(6),
                fields.text(7),
                hints.messages(1).stream().map(zone -> zone.textOrEmpty(1)).toList(),
                hints.messages(2).stream().map(node -> node.textOrEmpty(1)).toList());
    }

    private static SlicePort port(Proto2Fields fields) {
        return new SlicePort(
                fields.text(1),
                fields.text(2),
                fields.has(3) ? (Integer) (int) fields.number(3) : null,
                fields.text(4));
    }

    /** What a frame holds. */
    static byte[] unpack(byte[] frame) {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(frame))) {
            byte[] content = in.readNBytes(MAX_UNPACKED + 1);
            if (content.length > MAX_UNPACKED) {
                throw new InvalidValueException(
                        "the zstd frame holds more than %d bytes, the limit".formatted(MAX_UNPACKED));
            }
            return content;
        } catch (IOException | ZstdException garbled) {
            throw new InvalidValueException("the value is no zstd frame", garbled);
        }
    }
}
