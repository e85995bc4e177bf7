package io.meshlog.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command prints and what it knows of its surroundings: data goes to {@link #data}, talk to {@link #say}, so
 * that a pipe only ever carries data. Everything is UTF-8.
 */
public final class Terminal {
    private final Writer out;
    private final PrintWriter err;
    private final Map<String, String> environment;
    private final Path workingDirectory;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final StopSignal stopSignal = new StopSignal();

    /**
     * @param out standard output
     * @param err standard error
     * @param environment the environment's variables
     * @param workingDirectory what relative paths are relative to
     * @param outIsTerminal whether a person reads {@code out}
     * @param errIsTerminal whether a person reads {@code err}
     */
    public Terminal(
            OutputStream out,
            OutputStream err,
            Map<String, String> environment,
            Path workingDirectory,
            boolean outIsTerminal,
            boolean errIsTerminal) {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
        this.environment = Map.copyOf(environment);
        this.workingDirectory = workingDirectory;
        this.outIsTerminal = outIsTerminal;
        this.errIsTerminal = errIsTerminal;
    }

    /**
     * The process's own. Java cannot ask for one stream whether it is a terminal, so the launcher does and says so in
     * the property {@code meshlog.terminal}, for example {@code out,err}.
     */
    public static Terminal system() {
        String terminals = System.getProperty("meshlog.terminal", "");
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System.getenv(),
                Path.of("").toAbsolutePath(),
                terminals.contains("out"),
                terminals.contains("err"));
    }

    /** Prints data as it is. */
    public void data(String text) {
        try {
            out.write(text);
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    /** Prints a line of data. */
    public void line(String text) {
        data(text);
        data("\n");
    }

    /** Sends what was printed on its way. */
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    /** Tells the person a line. */
    public void say(String text) {
        err.println(text);
    }

    /** Standard output for those who print by themselves. */
    PrintWriter out() {
        return new PrintWriter(out, true);
    }

    /** Standard error for those who print by themselves. */
    public PrintWriter err() {
        return err;
    }

    /** The variable's value, or the empty string. */
    public String environment(String name) {
        return environment.getOrDefault(name, "");
    }

    /** The path as seen from the working directory. */
    public Path resolve(Path path) {
        return workingDirectory.resolve(path).normalize();
    }

    /** Whether data may be coloured: only for a person, and not where NO_COLOR is set. */
    public boolean colour() {
        return outIsTerminal && colourWanted();
    }

    /** Whether talk may be coloured. */
    public boolean errColour() {
        return errIsTerminal && colourWanted();
    }

    /** Whether a person reads the data. */
    public boolean outIsTerminal() {
        return outIsTerminal;
    }

    /** Whether a person reads the talk. */
    public boolean errIsTerminal() {
        return errIsTerminal;
    }

    /** How this process is asked to end. */
    public StopSignal stopSignal() {
        return stopSignal;
    }

    private boolean colourWanted() {
        return environment("NO_COLOR").isEmpty() && !environment("TERM").equals("dumb");
    }
}
