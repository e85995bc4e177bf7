package io.meshlog.events.etcd.keys;

import io.meshlog.events.etcd.value.ValueForm;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;

/**
 * What a key of etcd stands for.
 *
 * @param key etcd's
 * @param cluster whose the resource is
 * @param name what follows the family's prefix
 * @param form how its values look
 */
public record KeyPlace(String key, String cluster, String name, ResourceKey resource, Kind kind, ValueForm form) {
    /**
     * The value to be written there.
     *
     * @throws io.meshlog.events.etcd.value.InvalidValueException if it is none of this kind
     */
    public Value valueOf(byte[] bytes) {
        return form.valueOf(cluster, name, bytes);
    }

    /** The bytes to be read there. */
    public byte[] bytesOf(Value value) {
        return form.bytesOf(value);
    }
}
