package io.meshlog.cli.query;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.kind.ResourceKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds as arguments. */
public final class Kinds {
    /** What the API shows where no kind is asked for. */
    static final List<ResourceKind> SHOWN_BY_DEFAULT = Arrays.stream(ResourceKind.values())
            .filter(kind -> switch (kind) {
                case SESSIONS, JOBS, FLEET -> false;
                default -> true;
            })
            .toList();

    private Kinds() {}

    /** The kind of that word, or a usage error that names them all. */
    public static ResourceKind required(String word) {
        ResourceKind kind = ResourceKind.ofWord(word);
        if (kind == null) {
            String known = Arrays.stream(ResourceKind.values())
                    .map(ResourceKind::plural)
                    .collect(Collectors.joining(", "));
            throw new CliException(ExitCode.USAGE, "there is no kind \"%s\"".formatted(word), "Kinds: all, " + known);
        }
        return kind;
    }
}
