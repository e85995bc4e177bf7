package io.meshlog.cli.leash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/**
 * Runs another program's main class in this process, and ends the process when the one it belongs to is gone: {@code
 * Leash PID MAIN_CLASS ARGUMENT...}. A watching process between the two could itself be killed, and would then leave the
 * program running.
 */
public final class Leash {
    private static final int FIRST_ARGUMENT = 2;

    private Leash() {}

    /** See the class. */
    public static void main(String[] arguments) throws Throwable {
        holdTo(Long.parseLong(arguments[0]));
        Class<?> program = Class.forName(arguments[1]);
        MethodHandles.publicLookup()
                .findStatic(program, "main", MethodType.methodType(void.class, String[].class))
                .invoke(Arrays.copyOfRange(arguments, FIRST_ARGUMENT, arguments.length));
    }

    private static void holdTo(long pid) {
        ProcessHandle.of(pid)
                .map(ProcessHandle::onExit)
                .ifPresentOrElse(
                        exit -> {
                            var unused = exit.thenRun(() -> System.exit(0));
                        },
                        () -> System.exit(0));
    }
}
