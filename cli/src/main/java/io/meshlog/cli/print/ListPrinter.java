package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.Resource;

/** Prints a list of resources while it arrives. */
public interface ListPrinter {
    /** Prints, or holds for a while, one resource. */
    void add(Resource resource);

    /** Prints what is still held and the list's end. */
    void end(long revision);

    /** The printer of a format for programs. */
    static ListPrinter forPrograms(OutputFormat format, Terminal terminal) {
        return switch (format) {
            case JSON -> new ListJson(terminal);
            case YAML -> new ListYaml(terminal);
            case JSONL -> new ListLines(terminal);
            case NAME -> new ListNames(terminal);
            case TABLE, WIDE -> throw new IllegalArgumentException(format + " is for people: see ListTable");
        };
    }
}
