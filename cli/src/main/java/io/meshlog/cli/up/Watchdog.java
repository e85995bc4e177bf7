package io.meshlog.cli.up;

import java.util.ArrayList;
import java.util.List;

/**
 * Commands that end when the process that started them is gone, also where it was killed: a POSIX shell stands between,
 * and ends the command when its own parent is not there any more.
 */
final class Watchdog {
    private static final String SCRIPT = """
            "$@" &
            child=$!
            trap 'kill "$child" 2>/dev/null; wait "$child"; exit $?' TERM INT
            while kill -0 "$PPID" 2>/dev/null && kill -0 "$child" 2>/dev/null; do
                sleep 1 &
                wait $!
            done
            kill "$child" 2>/dev/null
            wait "$child"
            """;

    private Watchdog() {}

    static List<String> guarded(List<String> command) {
        List<String> guarded = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "meshlog-watchdog"));
        guarded.addAll(command);
        return guarded;
    }
}
