package io.meshlog.events.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry ids that writers put before their records. Asked of the registry when a writer starts and remembered in a
 * file; while the registry is away a remembered id serves, because an id once given never changes.
 */
public final class SchemaIds {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaIds.class);

    private final RegistryClient registry;
    private final Path folder;

    /** @param folder where ids are remembered, one small file for each subject; made if it is not there */
    public SchemaIds(RegistryClient registry, Path folder) {
        this.registry = registry;
        this.folder = folder;
    }

    /**
     * The id of the schema under {@code <topic>-value}. Blocks for at most one registry call.
     *
     * @throws RegistryException if the registry is away and no id is remembered, or it refuses the schema
     */
    public int idOf(String topic, Schema schema) {
        String subject = topic + "-value";
        Path file = folder.resolve("%s-%016x.id".formatted(subject, SchemaNormalization.parsingFingerprint64(schema)));
        try {
            int id = registry.register(subject, schema);
            remember(file, id);
            return id;
        } catch (RegistryException failed) {
            OptionalInt remembered = remembered(file);
            if (failed.isRetryable() && remembered.isPresent()) {
                LOG.warn("{}; going on with the remembered id {} of {}", failed.getMessage(), remembered, subject);
                return remembered.getAsInt();
            }
            throw failed;
        }
    }

    private void remember(Path file, int id) {
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, "id", ".tmp");
            Files.writeString(fresh, Integer.toString(id));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("the schema id cannot be kept in " + file, unwritable);
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
