package io.meshlog.cli;

/** What the command's exit code tells a script. Documented in every help text; never renumbered. */
public final class ExitCode {
    /** It worked. A reader that went away ({@code | head}) and an interrupted watch count as having worked. */
    public static final int OK = 0;

    /** It did not work; stderr says why. */
    public static final int ERROR = 1;

    /** The command line or the request cannot be meant. */
    public static final int USAGE = 2;

    /** The fleet answers, and says that it lacks something. */
    public static final int DEGRADED = 3;

    /** The time given by {@code --timeout} is over. */
    public static final int TIMEOUT = 4;

    /** The server knows the caller and refuses, or does not know the caller. */
    public static final int DENIED = 5;

    private ExitCode() {}
}
