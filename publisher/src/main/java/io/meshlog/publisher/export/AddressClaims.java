package io.meshlog.publisher.export;

import io.meshlog.publisher.k8s.ObjectReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which object an address belongs to. Of several that claim it the first is the owner; when it lets go, the next is. An
 * object that claims an address once more keeps its place.
 *
 * <p>Worked example: web-1 claims 10.0.0.7, then web-9 does: it is web-1's. web-1 goes: it is web-9's. A new web-1 claims it
 * again: it stays web-9's.
 */
final class AddressClaims {
    private final Map<String, ObjectReference> owners = new HashMap<>();
    /** Those behind the owner, the next one first. Rarely any, and never an empty inner set. */
    private final Map<String, Set<ObjectReference>> waiting = new HashMap<>();

    /**
     * The object claims exactly these addresses now.
     *
     * @param before the addresses it may have claimed
     */
    void claim(ObjectReference object, Collection<String> before, Collection<String> now) {
        for (String address : before) {
            if (!now.contains(address)) {
                release(object, address);
            }
        }
        now.forEach(address -> acquire(object, address));
    }

    private void acquire(ObjectReference object, String address) {
        ObjectReference owner = owners.putIfAbsent(address, object);
        if (owner != null && !owner.equals(object)) {
            waiting.computeIfAbsent(address, none -> new LinkedHashSet<>()).add(object);
        }
    }

    private void release(ObjectReference object, String address) {
        Set<ObjectReference> others = waiting.get(address);
        if (!object.equals(owners.get(address))) {
            if (others != null) {
                leave(object, others, address);
            }
        } else if (others == null) {
            owners.remove(address);
        } else {
            ObjectReference next = others.iterator().next();
            owners.put(address, next);
            leave(next, others, address);
        }
    }

    private void leave(ObjectReference object, Set<ObjectReference> others, String address) {
        others.remove(object);
        if (others.isEmpty()) {
            waiting.remove(address);
        }
    }

    /** Who claims the address, null where nobody does. */
    @Nullable
    ObjectReference owner(String address) {
        return owners.get(address);
    }
}
