package io.meshlog.projector.backup;

import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.wire.RegistryClient;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ids of released schemas in the registry records go to; without one, 0 for all. For one thread. */
final class Registered implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final @Nullable RegistryClient registry;
    private final Map<Long, Integer> ids = new HashMap<>();

    Registered(@Nullable URI url) {
        this.registry = url == null ? null : new RegistryClient(url, TIMEOUT);
    }

    /**
     * The id of a schema; registers it where it is not.
     *
     * @param record its name, for example MeshEvent
     * @return 0 where no release has such a schema
     * @throws io.meshlog.events.wire.RegistryException if the registry does not answer or refuses it
     */
    int id(String topic, String record, @Nullable Long fingerprint) {
        if (registry == null || fingerprint == null) {
            return 0;
        }
        Integer known = ids.get(fingerprint);
        if (known != null) {
            return known;
        }
        var schema = ReleasedSchemas.of(record).all().get(fingerprint);
        int id = schema == null ? 0 : registry.register(topic + "-value", schema);
        ids.put(fingerprint, id);
        return id;
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
