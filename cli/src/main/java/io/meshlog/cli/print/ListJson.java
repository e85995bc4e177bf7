package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.Resource;

/** {@code {"items":[...],"revision":N}}, one item after the other. */
final class ListJson implements ListPrinter {
    private final Terminal terminal;
    private boolean begun;

    ListJson(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void add(Resource resource) {
        terminal.data(begun ? ",\n" : "{\n  \"items\": [\n");
        terminal.data(Json.pretty(Json.tree(resource)).indent(4).stripTrailing());
        begun = true;
    }

    @Override
    public void end(long revision) {
        terminal.data(begun ? "\n  ],\n" : "{\n  \"items\": [],\n");
        terminal.line("  \"revision\": " + revision + "\n}");
    }
}
