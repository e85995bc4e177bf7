package io.meshlog.cli;

import java.util.List;

/** A failure that is told to the person at the terminal in words, without a stack trace. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final List<String> advice;

    /**
     * @param exitCode one of {@link ExitCode}
     * @param message what went wrong, in one line
     * @param advice what to do about it, one line each
     */
    public CliException(int exitCode, String message, String... advice) {
        super(message);
        this.exitCode = exitCode;
        this.advice = List.of(advice);
    }

    /** The code the process ends with. */
    public int exitCode() {
        return exitCode;
    }

    /** What to do about it, one line each. */
    public List<String> advice() {
        return advice;
    }
}
