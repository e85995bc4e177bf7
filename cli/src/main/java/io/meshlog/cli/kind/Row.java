package io.meshlog.cli.kind;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One row of a table, with its headers: each cell is added together with the name of its column. */
public final class Row {
    /** How many elements of a list a narrow cell shows before it only counts. */
    private static final int SHOWN = 3;

    private final boolean wide;
    private final List<String> headers = new ArrayList<>();
    private final List<String> cells = new ArrayList<>();

    /**
     * @param wide whether wide columns are kept
     */
    public Row(boolean wide) {
        this.wide = wide;
    }

    /** Adds a cell. */
    public Row cell(String header, String text) {
        headers.add(header);
        cells.add(text.isEmpty() ? "-" : text);
        return this;
    }

    /** Adds a number. */
    public Row cell(String header, long number) {
        return cell(header, Long.toString(number));
    }

    /** Adds a yes or no. */
    public Row cell(String header, boolean yes) {
        return cell(header, yes ? "yes" : "no");
    }

    /** Adds a list: whole when wide, else its beginning and how many more there are. */
    public Row cell(String header, Collection<String> elements) {
        return cell(header, wide ? String.join(",", elements) : shortened(elements));
    }

    /** Adds a cell that only wide tables have. */
    public Row wide(String header, String text) {
        return wide ? cell(header, text) : this;
    }

    /** Adds a number that only wide tables have. */
    public Row wide(String header, long number) {
        return wide(header, Long.toString(number));
    }

    /** The columns' names. */
    public List<String> headers() {
        return headers;
    }

    /** The cells, as many as headers. */
    public List<String> cells() {
        return cells;
    }

    static String shortened(Collection<String> elements) {
        String shown = String.join(",", elements.stream().limit(SHOWN).toList());
        return elements.size() <= SHOWN ? shown : shown + " +" + (elements.size() - SHOWN);
    }

    static String pairs(Map<String, String> map) {
        List<String> pairs = new ArrayList<>();
        new TreeMap<>(map).forEach((key, value) -> pairs.add(key + "=" + value));
        return String.join(",", pairs);
    }

    /** A number with its noun: {@code 1 backend}, {@code 2 backends}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
