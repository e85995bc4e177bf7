package io.meshlog.publisher.export;

import io.meshlog.events.model.Endpoint;
import io.meshlog.publisher.k8s.ObjectReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which objects claim which addresses. An address has one value: that of the object that claimed it first and has not let
 * go of it since.
 *
 * <p>Worked example: web-1 claims 10.0.0.5, then web-9 does: the value is web-1's. web-1 changes: its new value counts.
 * web-1 goes: the value is web-9's. A new web-1 claims it again: the value stays web-9's.
 */
final class AddressClaims {
    private record Claim(ObjectReference object, Endpoint endpoint) {}

    /** Whose value counts, by address. */
    private final Map<String, Claim> owners = new HashMap<>();
    /** Those behind the owner, the next one first. Rarely any, and never an empty inner map. */
    private final Map<String, Map<ObjectReference, Endpoint>> waiting = new HashMap<>();
    /** The addresses each object claims. Never an empty set. */
    private final Map<ObjectReference, Set<String>> claimed = new HashMap<>();

    /** The object now claims exactly these; returns the addresses whose value may have changed. */
    Set<String> claim(ObjectReference object, Map<String, Endpoint> endpoints) {
        Set<String> touched = new TreeSet<>(endpoints.keySet());
        for (String before : claimed.getOrDefault(object, Set.of())) {
            if (!endpoints.containsKey(before)) {
                touched.add(before);
                release(object, before);
            }
        }
        endpoints.forEach((address, endpoint) -> acquire(object, address, endpoint));
        if (endpoints.isEmpty()) {
            claimed.remove(object);
        } else {
            claimed.put(object, Set.copyOf(endpoints.keySet()));
        }
        return touched;
    }

    private void acquire(ObjectReference object, String address, Endpoint endpoint) {
        Claim owner = owners.get(address);
        if (owner == null || owner.object().equals(object)) {
            owners.put(address, new Claim(object, endpoint));
        } else {
            waiting.computeIfAbsent(address, none -> new LinkedHashMap<>()).put(object, endpoint);
        }
    }

    private void release(ObjectReference object, String address) {
        Claim owner = owners.get(address);
        Map<ObjectReference, Endpoint> others = waiting.get(address);
        if (others == null) {
            owners.remove(address);
            return;
        }
        if (owner != null && owner.object().equals(object)) {
            Map.Entry<ObjectReference, Endpoint> next =
                    others.entrySet().iterator().next();
            owners.put(address, new Claim(next.getKey(), next.getValue()));
            others.remove(next.getKey());
        } else {
            others.remove(object);
        }
        if (others.isEmpty()) {
            waiting.remove(address);
        }
    }

    /** The value of the address, null where nobody claims it. */
    @Nullable
    Endpoint value(String address) {
        Claim owner = owners.get(address);
        return owner == null ? null : owner.endpoint();
    }
}
