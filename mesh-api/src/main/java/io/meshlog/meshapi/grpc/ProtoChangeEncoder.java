package io.meshlog.meshapi.grpc;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.watch.ChangeEncoder;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.Removal;
import java.util.Map;

/** Changes as the watch hub keeps and shares them: bytes of {@code meshlog.v1.Change}. Safe on any thread. */
public final class ProtoChangeEncoder implements ChangeEncoder {
    /** @throws IllegalArgumentException for a delete, which has nothing to show */
    @Override
    public byte[] upsert(Entry entry) {
        Value value = Replica.value(entry);
        if (value == null) {
            throw new IllegalArgumentException("%s is deleted".formatted(entry.key()));
        }
        return Change.newBuilder()
                .setUpsert(ResourceProtos.toProto(
                        entry.key(), entry.modRevision(), entry.createRevision(), entry.version(), value))
                .build()
                .toByteArray();
    }

    @Override
    public byte[] removal(ResourceKey key, long revision, boolean deselected) {
        return Change.newBuilder()
                .setRemoval(Removal.newBuilder()
                        .setKey(key.value())
                        .setRevision(revision)
                        .setDeselected(deselected))
                .build()
                .toByteArray();
    }

    @Override
    public Map<String, String> labels(Entry entry) {
        Value value = Replica.value(entry);
        return value == null ? Map.of() : value.resource().selectableLabels();
    }
}
