package io.meshlog.publisher.export;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cilium's annotations, each with the older spelling that counts where the newer one is not there. */
final class Annotations {
    static final Annotations GLOBAL_SERVICE = new Annotations("service.cilium.io/global", "io.cilium/global-service");
    static final Annotations SHARED_SERVICE = new Annotations("service.cilium.io/shared", "io.cilium/shared-service");
    static final Annotations WIREGUARD_KEY =
            new Annotations("network.cilium.io/wg-pub-key", "io.cilium.network.wg-pub-key");
    static final Annotations GLOBAL_NAMESPACE = new Annotations("clustermesh.cilium.io/global", null);
    static final Annotations FLEET_EXPORTED = new Annotations("fleet.azure.com/exported", null);

    private final String name;
    private final @Nullable String alias;

    private Annotations(String name, @Nullable String alias) {
        this.name = name;
        this.alias = alias;
    }

    @Nullable
    String text(Map<String, String> annotations) {
        String text = annotations.get(name);
        return text != null || alias == null ? text : annotations.get(alias);
    }

    /** True for "true" in any case and for nothing else, neither "1" nor "yes": Cilium's rule. */
    boolean truth(Map<String, String> annotations, boolean otherwise) {
        String text = text(annotations);
        return text == null ? otherwise : text.equalsIgnoreCase("true");
    }
}
