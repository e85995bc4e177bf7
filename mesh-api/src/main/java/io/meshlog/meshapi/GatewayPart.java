package io.meshlog.meshapi;

import com.fasterxml.uuid.Generators;
import io.meshlog.meshapi.command.CommandSession;
import io.meshlog.meshapi.gateway.Gateway;
import io.meshlog.meshapi.replica.Component;
import io.meshlog.meshapi.replica.Faults;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.writing.EventLog;
import io.meshlog.meshapi.writing.TraceRouter;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Hop 2 put together: everything of the gateway's one thread. */
final class GatewayPart {
    private static final String NAME = "gateway";

    final TraceRouter traces;
    final Gateway gateway;
    final CommandSession commands;
    private final EventLog log;

    GatewayPart(MeshApiConfig config, Lifetime lifetime, Replica replica, Faults faults, LongSupplier nowMs) {
        GuardedLoop loop = new GuardedLoop("the gateway", lifetime.ownsThread("gateway"), faults);
        log = new EventLog(new LogOpener(config), lifetime.ownsThread("log-opener"), loop, nowMs);
        Supplier<UUID> ids = Generators.timeBasedEpochGenerator()::generate;
        traces = new TraceRouter(loop);
        gateway =
                new Gateway(config.name(), config.limits(), replica, log, traces, loop, new Gateway.Clocks(nowMs, ids));
        commands = new CommandSession(
                config.name(),
                new CommandSession.Bounds(
                        config.limits().maxWaitingCommands(), config.limits().decisionTimeoutMs()),
                replica,
                log,
                traces,
                loop,
                new CommandSession.Clocks(nowMs, ids));
    }

    void tick() {
        gateway.tick();
        commands.tick();
    }

    /** Whether clusters and operators can say anything here. Any thread may ask. */
    Component component() {
        String away = log.away();
        return away == null ? Component.ok(NAME) : Component.wrong(NAME, "the log does not take events: " + away);
    }

    /** Ends streams and commands with words; what is in the log stays there. */
    void stop() {
        commands.stop();
        gateway.stop();
    }
}
