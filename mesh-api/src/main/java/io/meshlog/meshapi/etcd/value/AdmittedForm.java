package io.meshlog.meshapi.etcd.value;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Resource;

/**
 * A cluster as it was admitted, as Cilium's cluster config: enough for readers to know its id and where to look. What is left
 * out has Cilium's defaults.
 *
 * @param cached whether readers find it under {@code cilium/cache}
 */
record AdmittedForm(boolean cached) implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        return GoJson.object(json -> json.number("id", ((Cluster) resource).id())
                .object("capabilities", capabilities -> {
                    capabilities.truth("syncedCanaries", true);
                    if (cached) {
                        capabilities.truth("cached", true);
                    }
                }));
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        throw new InvalidValueException("a cluster's config follows from its admission and is not written");
    }
}
