package io.meshlog.publisher.k8s.read;

import io.meshlog.events.model.Policy;
import io.meshlog.publisher.k8s.ObjectMeta;
import io.meshlog.publisher.k8s.PolicyObject;
import java.util.Set;
import java.util.TreeSet;

/** Network policies: their rules are not understood here but kept whole. */
final class PolicyReader {
    private static final Set<String> RULES = new TreeSet<>(Set.of("spec", "specs"));

    private PolicyReader() {}

    /** @throws FieldException if it has neither spec nor specs */
    static PolicyObject policy(ObjectMeta meta, Policy.Flavour flavour, Field document) {
        if (RULES.stream().noneMatch(rule -> document.get(rule).isThere())) {
            throw document.get("spec").error("is missing");
        }
        StringBuilder json = new StringBuilder();
        document.canonicalJson(RULES, json);
        return new PolicyObject(meta, flavour, json.toString());
    }
}
