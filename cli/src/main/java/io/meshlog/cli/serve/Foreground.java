package io.meshlog.cli.serve;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.StopSignal;
import io.meshlog.cli.Terminal;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs a server on the main thread's behalf until its process is to end. */
final class Foreground {
    private static final Duration LONG_TIME = Duration.ofDays(1);

    private Foreground() {}

    /** Starts a server; what it throws is told to the person, with the setting it names. */
    interface Start {
        AutoCloseable start() throws Exception;
    }

    /**
     * @param companion a process without which this one is of no use, or null
     */
    static int run(Terminal terminal, String name, @Nullable Long companion, Start start) {
        StopSignal stop = terminal.stopSignal();
        stop.heed();
        if (companion != null) {
            endWith(companion, stop);
        }
        AutoCloseable server = started(name, start);
        boolean stopped = false;
        while (!stopped) {
            stopped = stop.await(LONG_TIME);
        }
        try {
            server.close();
            return ExitCode.OK;
        } catch (Exception failed) {
            throw new CliException(ExitCode.ERROR, "%s did not stop in good order: %s".formatted(name, failed));
        }
    }

    private static AutoCloseable started(String name, Start start) {
        try {
            return start.start();
        } catch (IllegalArgumentException | UncheckedIOException wrong) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%s: %s".formatted(name, wrong.getMessage()),
                    "What can be set:  meshlog %s --help".formatted(name));
        } catch (CliException told) {
            throw told;
        } catch (Exception failed) {
            throw new CliException(ExitCode.ERROR, "%s does not start: %s".formatted(name, failed));
        }
    }

    private static void endWith(long companion, StopSignal stop) {
        ProcessHandle.of(companion)
                .map(ProcessHandle::onExit)
                .ifPresentOrElse(
                        exit -> {
                            var unused = exit.thenRun(stop::stop);
                        },
                        stop::stop);
    }
}
