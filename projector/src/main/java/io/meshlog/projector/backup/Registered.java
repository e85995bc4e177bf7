package io.meshlog.projector.backup;

import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.wire.RegistryClient;
import io.meshlog.events.wire.ReleaseIds;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ids of released schemas in the registry records go to; without one, 0 for all. For one thread. */
final class Registered implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final @Nullable RegistryClient registry;
    private final Map<String, ReleaseIds> ids = new HashMap<>();

    Registered(@Nullable URI url) {
        this.registry = url == null ? null : new RegistryClient(url, TIMEOUT);
    }

    /**
     * The ids of all releases of a record; registers those that are not there.
     *
     * @param record its name, for example MeshEvent
     * @throws io.meshlog.events.wire.RegistryException if the registry does not answer or refuses one
     */
    ReleaseIds of(String topic, String record) {
        RegistryClient asked = registry;
        return asked == null
                ? ReleaseIds.NONE
                : ids.computeIfAbsent(record, unknown -> {
                    Map<Long, Integer> registered = new HashMap<>();
                    ReleasedSchemas releases = ReleasedSchemas.of(record);
                    for (int release = 1; release <= ReleasedSchemas.LATEST; release++) {
                        long fingerprint = releases.fingerprint(release);
                        registered.put(fingerprint, asked.register(topic + "-value", releases.require(fingerprint)));
                    }
                    return new ReleaseIds(registered);
                });
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
