package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.Value;
import java.util.Arrays;

/**
 * How the values of one kind look in etcd. What a form reads and writes again is what came, or the exact bytes are kept
 * beside it: what was put is what is read. Stateless, for any thread.
 */
public interface ValueForm {
    /** What Cilium would have written for it. */
    byte[] encode(Resource resource);

    /**
     * @param cluster whose it is, as the key or the writer's view says
     * @param name what the key says after the family's prefix
     * @throws InvalidValueException if it is no value of this kind
     */
    Resource decode(String cluster, String name, byte[] bytes);

    /** The bytes of a value, exact ones first. */
    default byte[] bytesOf(Value value) {
        Bytes exact = value.exact();
        return exact != null ? exact.shared() : encode(value.resource());
    }

    /**
     * A value as it came, with its bytes beside it where the form would write others.
     *
     * @throws InvalidValueException if it is no value of this kind
     */
    default Value valueOf(String cluster, String name, byte[] bytes) {
        Resource resource = decode(cluster, name, bytes);
        return Arrays.equals(encode(resource), bytes) ? Value.of(resource) : new Value(resource, Bytes.copyOf(bytes));
    }
}
