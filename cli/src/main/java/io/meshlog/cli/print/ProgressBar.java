package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far something long has come: one line on the terminal's talk, drawn over itself and taken away at the end. Nothing at
 * all where no person reads the talk, or where the terminal cannot draw over itself. What is done within
 * {@value #PATIENCE_MS} ms is not shown.
 *
 * <p>Any thread may report; at most ten times a second something is drawn.
 */
public final class ProgressBar implements AutoCloseable {
    private static final long PATIENCE_MS = 500;
    private static final long REDRAW_MS = 100;
    private static final int CELLS = 24;
    /** Of a line: what is wider would wrap, and could not be drawn over. */
    private static final int DEFAULT_COLUMNS = 80;

    private static final long NANOS_PER_MS = 1_000_000;

    private final Terminal terminal;
    private final String what;
    private final long total;
    private final boolean shown;
    private final int columns;
    private final AtomicLong drawnAtMs;
    private boolean drawn;

    private ProgressBar(Terminal terminal, String what, long total, boolean wanted) {
        this.terminal = terminal;
        this.what = what;
        this.total = total;
        this.shown = wanted
                && terminal.errIsTerminal()
                && !terminal.environment("TERM").equals("dumb");
        this.columns = columns(terminal.environment("COLUMNS"));
        this.drawnAtMs = new AtomicLong(nowMs() + PATIENCE_MS - REDRAW_MS);
    }

    /**
     * Begins.
     *
     * @param what in a word or two, for example {@code publishing}
     * @param total how much there is; 0 where that is not known
     */
    public static ProgressBar of(Terminal terminal, String what, long total) {
        return new ProgressBar(terminal, what, total, true);
    }

    /** Begins, of something that prints its data meanwhile: shown only where that goes elsewhere. */
    public static ProgressBar besideData(Terminal terminal, String what) {
        return new ProgressBar(terminal, what, 0, !terminal.outIsTerminal());
    }

    /** So much is done. */
    public void reached(long done) {
        if (!shown) {
            return;
        }
        long last = drawnAtMs.get();
        long now = nowMs();
        if (now - last >= REDRAW_MS && drawnAtMs.compareAndSet(last, now)) {
            draw(done);
        }
    }

    private synchronized void draw(long done) {
        String line = line(what, done, total);
        terminal.err().print("\r\u001b[K" + (line.length() < columns ? line : line.substring(0, columns - 1)));
        terminal.err().flush();
        drawn = true;
    }

    /** The line, without colours. */
    static String line(String what, long done, long total) {
        if (total <= 0) {
            return String.format(Locale.ROOT, "%s  %,d", what, done);
        }
        long within = Math.min(Math.max(done, 0), total);
        int full = (int) (within * CELLS / total);
        return String.format(
                Locale.ROOT,
                "%s  [%s%s] %d %%  %,d of %,d",
                what,
                "#".repeat(full),
                "-".repeat(CELLS - full),
                within * 100 / total,
                within,
                total);
    }

    private static int columns(String variable) {
        try {
            int columns = variable.isEmpty() ? DEFAULT_COLUMNS : Integer.parseInt(variable);
            return columns < 2 ? DEFAULT_COLUMNS : columns;
        } catch (NumberFormatException none) {
            return DEFAULT_COLUMNS;
        }
    }

    private static long nowMs() {
        return System.nanoTime() / NANOS_PER_MS;
    }

    @Override
    public void close() {
        clear();
    }

    /** Takes the line away, before something else is printed. */
    public synchronized void clear() {
        if (drawn) {
            terminal.err().print("\r\u001b[K");
            terminal.err().flush();
            drawn = false;
        }
    }
}
