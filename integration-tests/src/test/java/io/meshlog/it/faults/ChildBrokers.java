package io.meshlog.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Brokers as child processes, which take signals. */
final class ChildBrokers implements Brokers {
    private static final Duration START_LIMIT = Duration.ofMinutes(1);

    private final Path folder;
    private final List<Integer> ports;
    private final List<Integer> behindProxy;
    private final List<Integer> controllers;
    private final KafkaProxy proxy;
    private final List<@Nullable Process> processes = new ArrayList<>();

    ChildBrokers(Path folder) {
        this.folder = folder;
        List<Integer> free = freePorts(COUNT * 3);
        ports = free.subList(0, COUNT);
        behindProxy = free.subList(COUNT, 2 * COUNT);
        controllers = free.subList(2 * COUNT, 3 * COUNT);
        proxy = new KafkaProxy(behindProxy.stream()
                .<Supplier<InetSocketAddress>>map(port -> () -> KafkaProxy.loopback(port))
                .toList());
        ALL.forEach(id -> processes.add(null));
        restart(ALL);
    }

    @Override
    public String direct() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    @Override
    public String proxied() {
        return proxy.addresses();
    }

    @Override
    public KafkaProxy proxy() {
        return proxy;
    }

    @Override
    public void kill(List<Integer> ids) {
        List<Process> ended = ids.stream().map(processes::get).toList();
        ended.forEach(Process::destroyForcibly);
        ended.forEach(process -> process.onExit().join());
    }

    @Override
    public void restart(List<Integer> ids) {
        ids.forEach(id -> processes.set(id, start(id)));
        await("brokers %s".formatted(ids))
                .atMost(START_LIMIT)
                .until(() -> ids.stream().allMatch(this::isReady));
    }

    private Process start(int id) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMember.class.getName(),
                folder.toString(),
                Integer.toString(id),
                Integer.toString(ports.get(id)),
                controllers.stream().map(String::valueOf).collect(Collectors.joining(","))));
        command.addAll(settings(id));
        try {
            return new ProcessBuilder(command)
                    .redirectError(folder.resolve("broker-%d.err".formatted(id)).toFile())
                    .redirectOutput(output(id).toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<String> settings(int id) {
        return List.of(
                "listeners=PLAINTEXT://127.0.0.1:%d,PROXIED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(ports.get(id), behindProxy.get(id), controllers.get(id)),
                "advertised.listeners=PLAINTEXT://127.0.0.1:%d,PROXIED://127.0.0.1:%d"
                        .formatted(ports.get(id), proxy.port(id)),
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                // a paused follower leaves the set of those in sync within seconds
                "replica.lag.time.max.ms=3000",
                "controller.quorum.election.timeout.ms=500",
                "controller.quorum.fetch.timeout.ms=1000");
    }

    private Path output(int id) {
        return folder.resolve("broker-%d.out".formatted(id));
    }

    private boolean isReady(int id) {
        assertThat(process(id).isAlive())
                .as("broker %d: %s", id, folder.resolve("broker-%d.err".formatted(id)))
                .isTrue();
        try {
            return Files.readString(output(id)).contains("ready");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Process process(int id) {
        return processes.get(id);
    }

    @Override
    public void pause(int id) {
        signal(id, "STOP");
    }

    @Override
    public void resume(int id) {
        signal(id, "CONT");
    }

    private void signal(int id, String name) {
        try {
            int done = new ProcessBuilder(
                            "kill", "-" + name, Long.toString(process(id).pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(done).isZero();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void heal() {
        proxy.heal();
        ALL.stream().filter(id -> process(id).isAlive()).forEach(this::resume);
        List<Integer> gone = ALL.stream().filter(id -> !process(id).isAlive()).toList();
        if (!gone.isEmpty()) {
            restart(gone);
        }
    }

    @Override
    public void close() {
        proxy.close();
        kill(ALL);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> held =
                Stream.generate(ChildBrokers::freeSocket).limit(count).toList();
        List<Integer> free = held.stream().map(ServerSocket::getLocalPort).toList();
        held.forEach(KafkaProxy::closeQuietly);
        return free;
    }

    private static ServerSocket freeSocket() {
        try {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }
}
