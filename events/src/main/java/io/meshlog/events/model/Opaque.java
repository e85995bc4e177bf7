package io.meshlog.events.model;

import java.nio.charset.StandardCharsets;

/** A key and value this version has no type for, kept as they came. */
public record Opaque(Bytes key, Bytes value) implements Declared {
    @Override
    public Kind kind() {
        return Kind.OPAQUE;
    }

    @Override
    public String keyName() {
        return new String(key.shared(), StandardCharsets.ISO_8859_1);
    }
}
