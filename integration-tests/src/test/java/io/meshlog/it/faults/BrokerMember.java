package io.meshlog.it.faults;

import io.meshlog.broker.EmbeddedKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One broker of three as a process: {@code BrokerMember FOLDER ID PORT CONTROLLER_PORT,.. [SETTING=VALUE ..]}. Says
 * {@code ready} when it serves; ends with the process that started it.
 */
final class BrokerMember {
    private BrokerMember() {}

    public static void main(String[] arguments) {
        // nobody waits for the future: it ends this process
        var unused = ProcessHandle.current()
                .parent()
                .orElseThrow()
                .onExit()
                .thenRunAsync(() -> Runtime.getRuntime().halt(0));
        Map<String, String> overrides = new HashMap<>();
        Stream.of(arguments).skip(4).forEach(setting -> {
            int equals = setting.indexOf('=');
            overrides.put(setting.substring(0, equals), setting.substring(equals + 1));
        });
        List<Integer> controllerPorts =
                Stream.of(arguments[3].split(",")).map(Integer::valueOf).toList();
        EmbeddedKafka.startMember(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                controllerPorts,
                overrides);
        System.out.println("ready");
    }
}
