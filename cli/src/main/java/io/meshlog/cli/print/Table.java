package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import java.util.ArrayList;
import java.util.List;

/**
 * Aligned columns, as kubectl prints them. The first {@value #MEASURED} rows decide the columns' widths and are held
 * until then; later rows stream past, and one that does not fit shifts what follows on its line.
 */
public final class Table {
    private static final int MEASURED = 1_000;
    private static final String GAP = "   ";

    private final Terminal terminal;
    private final List<String> headers;
    private final int[] widths;
    private List<List<String>> held = new ArrayList<>();
    private boolean measuring = true;

    public Table(Terminal terminal, List<String> headers) {
        this.terminal = terminal;
        this.headers = List.copyOf(headers);
        widths = new int[headers.size()];
        measure(headers);
    }

    /** Adds a row; its texts are escaped. */
    public void add(List<String> cells) {
        List<String> safe = cells.stream().map(SafeText::of).toList();
        if (!measuring) {
            print(safe, false);
            return;
        }
        held.add(safe);
        measure(safe);
        if (held.size() == MEASURED) {
            release();
        }
    }

    /** Prints what is held. */
    public void end() {
        if (measuring) {
            release();
        }
    }

    private void release() {
        measuring = false;
        print(headers, true);
        held.forEach(row -> print(row, false));
        held = List.of();
    }

    private void measure(List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], width(cells.get(i)));
        }
    }

    private void print(List<String> cells, boolean header) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            line.append(cells.get(i));
            if (i < cells.size() - 1) {
                int missing = widths[i] - width(cells.get(i));
                line.append(" ".repeat(Math.max(0, missing))).append(GAP);
            }
        }
        terminal.line(header ? Style.BOLD.of(line.toString(), terminal.colour()) : line.toString());
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
