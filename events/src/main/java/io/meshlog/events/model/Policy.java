package io.meshlog.events.model;

import java.util.Map;

/**
 * A network policy as its cluster has it. The rules are kept as they were published: this fleet shows and orders
 * policies, their meaning is their datapath's.
 *
 * <p>Policies of several flavours may share a namespace and a name, so the flavour is part of the key's name: {@code
 * eastus/policies/shop/cnp:web}; a clusterwide policy has an empty namespace, {@code eastus/policies//ccnp:deny}.
 *
 * @param namespace empty for a clusterwide policy
 * @param spec canonical JSON: an object with the rules as they were published, keys sorted, no white space
 */
public record Policy(Flavour flavour, String namespace, String name, Map<String, String> labels, String spec)
        implements Declared {

    /** Which kind of policy; the names are those of the Avro enum {@code PolicyFlavour}. */
    public enum Flavour {
        NETWORK_POLICY("netpol", true),
        CILIUM("cnp", true),
        CILIUM_CLUSTERWIDE("ccnp", false);

        private final String shortName;
        private final boolean namespaced;

        Flavour(String shortName, boolean namespaced) {
            this.shortName = shortName;
            this.namespaced = namespaced;
        }

        /** The word that kubectl knows the kind by. */
        public String shortName() {
            return shortName;
        }

        /** Whether its policies live in a namespace. */
        public boolean namespaced() {
            return namespaced;
        }
    }

    public Policy {
        labels = Canonical.sorted(labels);
    }

    @Override
    public Kind kind() {
        return Kind.POLICY;
    }

    @Override
    public String keyNamespace() {
        return namespace;
    }

    @Override
    public String keyName() {
        return keyName(flavour, name);
    }

    /** The name part of the key of a policy of that flavour and name. */
    public static String keyName(Flavour flavour, String name) {
        return flavour.shortName() + ":" + name;
    }

    @Override
    public Map<String, String> selectableLabels() {
        return labels;
    }
}
