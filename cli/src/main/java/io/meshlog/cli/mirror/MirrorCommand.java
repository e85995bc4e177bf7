package io.meshlog.cli.mirror;

import io.meshlog.cli.CliException;
import io.meshlog.cli.Endpoints;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.print.ProgressBar;
import io.meshlog.publisher.source.etcd.client.EtcdConfig;
import io.meshlog.publisher.source.etcd.client.EtcdDialer;
import io.meshlog.publisher.source.etcd.client.EtcdException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meshlog mirror}. */
@Command(
        name = "mirror",
        header = "Keep a plain etcd filled with what the fleet holds, under Cilium's own keys",
        description = {
            "Runs in the foreground until SIGTERM or Ctrl-C, and goes on where it ended when it is started again: how",
            "far it is stands in the etcd, under meshlog/mirror/. Both sides are given by files as Cilium's own:",
            "endpoints, trusted-ca-file, cert-file, key-file."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog mirror --from mesh-api.yaml --to-etcd etcd.yaml",
            "  meshlog mirror --from mesh-api.yaml --to-etcd etcd.yaml --state eastus",
            "  meshlog mirror --to-etcd etcd.yaml --once",
            "",
            "Exit codes: 0 stopped or done, 1 error, 2 usage, 5 denied."
        })
public final class MirrorCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--to-etcd",
            paramLabel = "FILE",
            required = true,
            description = "How to reach the etcd that is to be filled.")
    Path target = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "How to reach the fleet's etcd face. Else what runs in the folder of --data.")
    @Nullable
    Path source;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of a running `meshlog up`. Default: " + ServerOptions.DEFAULT_DATA)
    Path data = Path.of(ServerOptions.DEFAULT_DATA);

    @Option(
            names = "--state",
            paramLabel = "CLUSTER",
            description = "Instead of cilium/cache of all clusters: cilium/state of this one, as its own"
                    + " clustermesh-apiserver would write it.")
    @Nullable
    String state;

    @Option(names = "--once", description = "Make both equal once, and end.")
    boolean once;

    @Option(names = "--resync", description = "Compare all keys first, also where the record says how far it is.")
    boolean resync;

    @Option(names = "--replace", description = "Also where the etcd holds such keys that no mirror wrote.")
    boolean replace;

    public MirrorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        MirrorScope scope = new MirrorScope(state);
        EtcdConfig from = from();
        EtcdConfig to = read(target, "--to-etcd");
        terminal.say("mirroring %s from %s to %s, record at %s"
                .formatted(scope.name(), words(from), words(to), scope.recordKey()));
        try (ProgressBar bar = ProgressBar.of(terminal, "comparing keys", 0)) {
            Mirror mirror = new Mirror(
                    new EtcdDialer(from, state, new SplittableRandom()),
                    new EtcdDialer(to, null, new SplittableRandom()),
                    scope,
                    new Telling(bar));
            if (once) {
                mirror.once(replace);
            } else {
                Thread follower = Thread.currentThread();
                terminal.stopSignal().onStop(follower::interrupt);
                mirror.follow(replace, resync);
            }
            return ExitCode.OK;
        } catch (EtcdException failed) {
            throw new CliException(ExitCode.ERROR, String.valueOf(failed.getMessage()));
        }
    }

    private EtcdConfig from() {
        if (source != null) {
            return read(source, "--from");
        }
        return Endpoints.read(terminal.resolve(data))
                .filter(Endpoints::alive)
                .map(endpoints -> EtcdConfig.plain(endpoints.etcd()))
                .orElseThrow(() -> new CliException(
                        ExitCode.ERROR,
                        "no fleet to mirror: nothing runs in " + data,
                        "Say how to reach an etcd face:  --from FILE",
                        "Or name the data folder of a running `meshlog up`:  --data DIR"));
    }

    private EtcdConfig read(Path file, String option) {
        try {
            return EtcdConfig.read(terminal.resolve(file));
        } catch (IOException unreadable) {
            throw new CliException(ExitCode.USAGE, "%s: %s cannot be read".formatted(option, file));
        } catch (RuntimeException wrong) {
            throw new CliException(ExitCode.USAGE, "%s: %s".formatted(option, wrong.getMessage()));
        }
    }

    private static String words(EtcdConfig config) {
        return String.join(
                ",",
                config.endpoints().stream().map(EtcdConfig.Endpoint::authority).toList());
    }

    private final class Telling implements Mirror.Listener {
        private final ProgressBar bar;

        Telling(ProgressBar bar) {
            this.bar = bar;
        }

        @Override
        public void onPassing(long keys) {
            bar.reached(keys);
        }

        @Override
        public void onPassed(Mirror.Pass pass) {
            bar.clear();
            terminal.line("equal at revision %d: %d keys, %d written, %d deleted"
                    .formatted(pass.revision(), pass.keys(), pass.written(), pass.deleted()));
            terminal.flush();
        }

        @Override
        public void onResumed(List<Long> next) {
            terminal.line("going on at revision "
                    + next.stream().mapToLong(Long::longValue).max().orElse(0));
            terminal.flush();
        }

        @Override
        public void onProblem(String problem) {
            terminal.say(problem.isEmpty() ? "well again" : problem + "; trying again");
        }
    }
}
