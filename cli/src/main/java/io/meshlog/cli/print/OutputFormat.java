package io.meshlog.cli.print;

import java.util.Locale;

/** The values of {@code -o}. */
public enum OutputFormat {
    TABLE,
    WIDE,
    JSON,
    YAML,
    JSONL,
    NAME;

    /** Whether it is for people: only then may it be coloured, escaped and shortened. */
    public boolean forPeople() {
        return this == TABLE || this == WIDE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
