package io.meshlog.events.etcd.keys;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys as etcd's requests give it.
 *
 * <p>Worked example: {@code ("a", "")} is the key a; {@code ("a", "b")} what is from a up to before b, so all that begins
 * with a; {@code ("a", "\0")} what is from a on; {@code ("\0", "\0")} everything.
 *
 * @param start the first key
 * @param end what the range ends before; null for no end
 */
public record KeyRange(String start, @Nullable String end) {
    /** As the end of a range, it stands for no end. */
    private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

    /** The range of a request's two fields. */
    public static KeyRange of(ByteString key, ByteString rangeEnd) {
        String start = text(key);
        if (rangeEnd.isEmpty()) {
            return new KeyRange(start, start + "\0");
        }
        return new KeyRange(start, rangeEnd.equals(NO_END) ? null : text(rangeEnd));
    }

    /** What begins with a prefix. */
    public static KeyRange prefix(String prefix) {
        return new KeyRange(prefix, after(prefix));
    }

    /** The least string above all that begin with the prefix, whose last char is not the greatest there is. */
    public static String after(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    /** A key as the string of its bytes. */
    public static String text(ByteString key) {
        return key.toString(StandardCharsets.ISO_8859_1);
    }

    /** A key's bytes. */
    public static ByteString bytes(String key) {
        return ByteString.copyFrom(key, StandardCharsets.ISO_8859_1);
    }

    public boolean contains(String key) {
        return key.compareTo(start) >= 0 && (end == null || key.compareTo(end) < 0);
    }

    /** Whether no key can be in it. */
    public boolean isEmpty() {
        return end != null && start.compareTo(end) >= 0;
    }

    /** Whether it is one key alone. */
    public boolean isSingle() {
        return end != null && end.length() == start.length() + 1 && end.equals(start + "\0");
    }

    /** Whether some key that begins with the prefix may be in it. */
    boolean meets(String prefix) {
        return (end == null || prefix.compareTo(end) < 0) && start.compareTo(after(prefix)) < 0;
    }

    /** Whether every key in it begins with the prefix. */
    boolean isWithin(String prefix) {
        return start.startsWith(prefix) && end != null && end.compareTo(after(prefix)) <= 0;
    }
}
