package io.meshlog.events.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry ids that writers put before their records. Asked of the registry when a writer starts and remembered in a
 * file. While the registry is away a remembered id serves, or else the one that the topic's newest record of the same
 * schema carries, because an id once given never changes. So only the very first writer of a release needs the registry.
 */
public final class SchemaIds {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaIds.class);

    private final RegistryClient registry;
    private final Path folder;
    private final CarriedIds carried;

    /** @param folder where ids are remembered, one small file for each subject and schema; made if it is not there */
    public SchemaIds(RegistryClient registry, Path folder) {
        this(registry, folder, CarriedIds.NONE);
    }

    /** @param carried who looks into the topics */
    public SchemaIds(RegistryClient registry, Path folder, CarriedIds carried) {
        this.registry = registry;
        this.folder = folder;
        this.carried = carried;
    }

    /**
     * The ids of all releases of a record, the oldest registered first.
     *
     * @throws RegistryException as {@link #idOf}
     */
    public ReleaseIds idsOf(String topic, List<Schema> releases) {
        Map<Long, Integer> ids = new HashMap<>();
        for (Schema release : releases) {
            ids.put(SchemaNormalization.parsingFingerprint64(release), idOf(topic, release));
        }
        return new ReleaseIds(ids);
    }

    /**
     * The id of the schema under {@code <topic>-value}. Blocks for at most one registry call and one look into the topic.
     *
     * @throws RegistryException if the registry refuses the schema, or is away and no other source has an id
     */
    public int idOf(String topic, Schema schema) {
        String subject = topic + "-value";
        long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
        Path file = folder.resolve("%s-%016x.id".formatted(subject, fingerprint));
        try {
            int id = registry.register(subject, schema);
            remember(file, id);
            return id;
        } catch (RegistryException failed) {
            if (!failed.isRetryable()) {
                throw failed;
            }
            return knownId(topic, schema, fingerprint, file, failed);
        }
    }

    private int knownId(String topic, Schema schema, long fingerprint, Path file, RegistryException failed) {
        OptionalInt remembered = remembered(file);
        if (remembered.isPresent()) {
            LOG.warn("{}; going on with id {} from {}", failed.getMessage(), remembered.getAsInt(), file);
            return remembered.getAsInt();
        }
        OptionalInt newest = carried.newest(topic, fingerprint);
        if (newest.isPresent()) {
            LOG.warn("{}; going on with id {} from a record of {}", failed.getMessage(), newest.getAsInt(), topic);
            remember(file, newest.getAsInt());
            return newest.getAsInt();
        }
        throw new RegistryException(
                "no id for the schema %s (fingerprint %016x) of %s: %s; none is remembered in %s, and no record carries one"
                        .formatted(schema.getFullName(), fingerprint, topic, failed.getMessage(), file),
                failed);
    }

    /** An id that cannot be kept serves this time all the same. */
    private void remember(Path file, int id) {
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, "id", ".tmp");
            Files.writeString(fresh, Integer.toString(id));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            LOG.warn("the schema id {} cannot be kept in {}: {}", id, file, unwritable.toString());
        }
    }

    private static OptionalInt remembered(Path file) {
        try {
            return Files.exists(file)
                    ? OptionalInt.of(Integer.parseInt(Files.readString(file).strip()))
                    : OptionalInt.empty();
        } catch (IOException | NumberFormatException unreadable) {
            LOG.warn("the remembered schema id in {} cannot be read: {}", file, unreadable.toString());
            return OptionalInt.empty();
        }
    }
}
