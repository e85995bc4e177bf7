package io.meshlog.publisher.outbox;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.outbox.OutboxState.Closed;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The transitions an outbox made, and those its states offer. */
final class Transitions implements OutboxListener {
    private final SortedSet<String> visited = Collections.synchronizedSortedSet(new TreeSet<>());
    final List<Refused> refused = new ArrayList<>();
    final List<ResourceKey> tooLarge = new ArrayList<>();
    final List<Long> synced = new ArrayList<>();

    Set<String> visited() {
        return visited;
    }

    @Override
    public void onTransition(OutboxState from, OutboxState to) {
        visited.add(name(from.getClass(), to.getClass()));
    }

    @Override
    public void onSynced(long revision) {
        synced.add(revision);
    }

    @Override
    public void onRefused(List<Refused> refusals) {
        refused.addAll(refusals);
    }

    @Override
    public void onTooLarge(ResourceKey key, int bytes, int limit) {
        tooLarge.add(key);
    }

    /** Every method of a state that returns a state is a transition it offers. */
    static Set<String> offered() {
        SortedSet<String> offered = new TreeSet<>();
        states(OutboxState.class)
                .filter(state -> state != Closed.class)
                .forEach(state -> methods(state)
                        .filter(method -> OutboxState.class.isAssignableFrom(method.getReturnType()))
                        .forEach(method -> offered.add(name(state, method.getReturnType()))));
        return offered;
    }

    private static Stream<Class<?>> states(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Stream.of(type.getPermittedSubclasses()).flatMap(Transitions::states);
    }

    private static Stream<Method> methods(Class<?> type) {
        return Stream.concat(
                Stream.of(type.getDeclaredMethods()),
                Stream.of(type.getInterfaces()).flatMap(Transitions::methods));
    }

    private static String name(Class<?> from, Class<?> to) {
        return from.getSimpleName() + " -> " + to.getSimpleName();
    }
}
