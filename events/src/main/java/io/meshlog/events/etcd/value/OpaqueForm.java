package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Resource;
import java.nio.charset.StandardCharsets;

/** What has no type here: bytes in, the same bytes out. */
final class OpaqueForm implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        return ((Opaque) resource).value().shared();
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        return new Opaque(Bytes.owned(name.getBytes(StandardCharsets.ISO_8859_1)), Bytes.copyOf(bytes));
    }
}
