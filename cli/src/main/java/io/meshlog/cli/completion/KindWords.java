package io.meshlog.cli.completion;

import io.meshlog.cli.kind.ResourceKind;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Stream;

/** For arguments that are a kind: the words a shell completes, without the short ones. */
public final class KindWords implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return Stream.concat(
                        Stream.of("all"), Arrays.stream(ResourceKind.values()).map(ResourceKind::plural))
                .iterator();
    }
}
