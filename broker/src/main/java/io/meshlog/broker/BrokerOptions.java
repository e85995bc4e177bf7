package io.meshlog.broker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@link BrokerMain} is started with.
 *
 * @param data the folder with the broker's log; made if it is not there
 * @param port where clients connect, on loopback
 * @param controllerPort where the broker's own controller listens, on loopback
 * @param parent the process whose end ends the broker
 */
record BrokerOptions(String data, int port, int controllerPort, long parent) {
    static final String USAGE = """
            usage: BrokerMain --data FOLDER --port PORT --controller-port PORT [--parent PID]
               or: BrokerMain FOLDER PORT CONTROLLER_PORT""";

    private static final int LAST_PORT = 65_535;
    private static final List<String> REQUIRED = List.of("--data", "--port", "--controller-port");
    private static final Set<String> KNOWN = Set.of("--data", "--port", "--controller-port", "--parent");

    BrokerOptions {
        if (port == controllerPort) {
            throw new IllegalArgumentException("--port and --controller-port must differ, both are " + port);
        }
    }

    /**
     * Reads pairs of option and value, or the three that are required as they are, in that order. Without {@code --parent}
     * it is the process that started this one.
     *
     * @throws IllegalArgumentException naming the option that is unknown, missing, or not what it should be
     */
    static BrokerOptions parse(String... arguments) {
        if (arguments.length == REQUIRED.size() && !arguments[0].startsWith("--")) {
            Map<String, String> inOrder = new HashMap<>();
            for (int i = 0; i < arguments.length; i++) {
                inOrder.put(REQUIRED.get(i), arguments[i]);
            }
            return of(inOrder);
        }
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!KNOWN.contains(arguments[i])) {
                throw new IllegalArgumentException("%s is no option".formatted(arguments[i]));
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("%s needs a value".formatted(arguments[i]));
            }
            if (given.put(arguments[i], arguments[i + 1]) != null) {
                throw new IllegalArgumentException("%s is there twice".formatted(arguments[i]));
            }
        }
        return of(given);
    }

    private static BrokerOptions of(Map<String, String> given) {
        return new BrokerOptions(
                required(given, "--data"),
                (int) number(given, "--port", LAST_PORT),
                (int) number(given, "--controller-port", LAST_PORT),
                given.containsKey("--parent") ? number(given, "--parent", Long.MAX_VALUE) : ownParent());
    }

    private static String required(Map<String, String> given, String option) {
        String value = given.get(option);
        if (value == null) {
            throw new IllegalArgumentException("%s is missing".formatted(option));
        }
        return value;
    }

    private static long number(Map<String, String> given, String option, long last) {
        String value = required(given, option);
        try {
            long number = Long.parseLong(value);
            if (number >= 1 && number <= last) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, as for a number out of range
        }
        throw new IllegalArgumentException("%s %s: must be 1 to %d".formatted(option, value, last));
    }

    /** A process without a parent has lost it: 0 is nobody's. */
    private static long ownParent() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }
}
