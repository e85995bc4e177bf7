package io.meshlog.cli.print;

/** The few colours there are, or none. */
public enum Style {
    BOLD("\u001b[1m"),
    GREEN("\u001b[32m"),
    YELLOW("\u001b[33m"),
    RED("\u001b[31m");

    private static final String RESET = "\u001b[0m";

    private final String start;

    Style(String start) {
        this.start = start;
    }

    /** The text in this style where colour is wanted, else as it is. */
    public String of(String text, boolean colour) {
        return colour ? start + text + RESET : text;
    }
}
