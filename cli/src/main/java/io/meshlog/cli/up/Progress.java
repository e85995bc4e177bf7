package io.meshlog.cli.up;

import io.meshlog.cli.Terminal;
import io.meshlog.cli.print.Style;
import io.meshlog.cli.up.PartState.Failed;
import io.meshlog.cli.up.PartState.Ready;
import io.meshlog.cli.up.PartState.Restarting;
import io.meshlog.cli.up.PartState.Starting;
import io.meshlog.cli.up.PartState.Stopped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells the person what becomes of the parts, a line for each thing that happens. Safe on any thread. */
final class Progress implements PartListener {
    private final Terminal terminal;
    private final Processes processes;
    private final Map<String, Boolean> begun = new ConcurrentHashMap<>();

    Progress(Terminal terminal, Processes processes) {
        this.terminal = terminal;
        this.processes = processes;
    }

    @Override
    public void onState(String part, PartState state) {
        switch (state) {
            case Starting starting -> {
                processes.started(part, starting.pid());
                boolean again = begun.put(part, true) != null;
                say(part, again ? "starting again" : "starting", "");
            }
            case Ready ready ->
                say(
                        part,
                        Style.GREEN.of("ready", terminal.errColour()),
                        " after %.1f s".formatted(ready.after().toMillis() / 1_000.0));
            case Restarting restarting ->
                say(
                        part,
                        Style.YELLOW.of("ended", terminal.errColour()),
                        " with exit code %d; what it does is missing until it is back"
                                .formatted(restarting.exitCode()));
            case Failed failed -> say(part, Style.RED.of("given up", terminal.errColour()), ": " + failed.why());
            case Stopped stopped -> say(part, "stopped", "");
        }
    }

    private void say(String part, String what, String more) {
        terminal.say("  %-11s %s%s".formatted(part, what, more));
    }
}
