package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.Resource;

/** A resource per line, each on its way at once. */
final class ListLines implements ListPrinter {
    private final Terminal terminal;

    ListLines(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void add(Resource resource) {
        terminal.line(Json.compact(Json.tree(resource)));
        terminal.flush();
    }

    @Override
    public void end(long revision) {
        // The lines are all there is.
    }
}
