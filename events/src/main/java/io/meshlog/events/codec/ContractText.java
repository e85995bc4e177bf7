package io.meshlog.events.codec;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import org.jspecify.annotations.Nullable;

/**
 * Text that becomes part of keys. A key's characters are bytes: two keys that differ only in characters beyond them would
 * be one record of the changelog, so such text is malformed wherever it comes from.
 */
final class ContractText {
    private static final char LAST_BYTE = 0xff;

    private ContractText() {}

    /** @throws MalformedRecordException if a character is no byte */
    static ResourceKey key(String text) {
        return new ResourceKey(keyText(text));
    }

    static @Nullable ResourceKey keyOrNull(@Nullable String text) {
        return text == null ? null : key(text);
    }

    static @Nullable String textOrNull(@Nullable ResourceKey key) {
        return key == null ? null : keyText(key.value());
    }

    /** @throws MalformedRecordException if a character is no byte */
    static String keyText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LAST_BYTE) {
                throw new MalformedRecordException("a name has the character U+%04X, names are of one-byte characters"
                        .formatted(text.codePointAt(i)));
            }
        }
        return text;
    }

    /** @throws MalformedRecordException if its key would have a character that is no byte */
    static <D extends Declared> D named(D resource) {
        keyText(resource.keyNamespace());
        keyText(resource.keyName());
        return resource;
    }
}
