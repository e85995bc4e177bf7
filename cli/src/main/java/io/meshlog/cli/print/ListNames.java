package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.Resource;

/** A key per line. */
final class ListNames implements ListPrinter {
    private final Terminal terminal;

    ListNames(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void add(Resource resource) {
        terminal.line(SafeText.of(resource.getKey()));
    }

    @Override
    public void end(long revision) {
        // The names are all there is.
    }
}
