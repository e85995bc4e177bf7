package io.meshlog.cli.print;

/**
 * Makes text that a cluster chose harmless on a terminal: control characters, escape sequences, invisible and
 * direction-changing characters are shown as escapes instead of being obeyed.
 */
public final class SafeText {
    private SafeText() {}

    /** The text on one line, with everything that is not to be printed as it is written as {@code \n}, {@code \x1b} or {@code \u202e}. */
    public static String of(String text) {
        int first = firstUnsafe(text);
        if (first < 0) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, first);
        text.codePoints().skip(text.codePointCount(0, first)).forEach(codePoint -> append(safe, codePoint));
        return safe.toString();
    }

    /** The same for text whose unsafe characters all stand within JSON strings. */
    static String inJson(String json) {
        if (firstUnsafe(json) < 0) {
            return json;
        }
        StringBuilder safe = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\n' && unsafe(c) && !Character.isSurrogate(c)) {
                safe.append("\\u%04x".formatted((int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }

    private static int firstUnsafe(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (unsafe(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private static void append(StringBuilder safe, int codePoint) {
        if (!unsafe(codePoint)) {
            safe.appendCodePoint(codePoint);
            return;
        }
        switch (codePoint) {
            case '\n' -> safe.append("\\n");
            case '\r' -> safe.append("\\r");
            case '\t' -> safe.append("\\t");
            default -> safe.append((codePoint < 0x100 ? "\\x%02x" : "\\u%04x").formatted(codePoint));
        }
    }

    /** Surrogates are here so that a pair takes the slow way, where it is one code point and safe. */
    private static boolean unsafe(int codePoint) {
        if (codePoint >= ' ' && codePoint < 0x7f) {
            return false;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            default -> false;
        };
    }
}
