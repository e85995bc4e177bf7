package io.meshlog.cli;

/** Whoever reads our standard output has gone away: the command ends quietly, as if everything had been read. */
public final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputClosedException(Throwable cause) {
        super("the reader of the output is gone", cause);
    }
}
