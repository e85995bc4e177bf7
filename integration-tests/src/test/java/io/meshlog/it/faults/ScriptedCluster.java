package io.meshlog.it.faults;

import io.meshlog.publisher.k8s.CiliumNode;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectMeta;
import io.meshlog.publisher.source.Source;
import io.meshlog.publisher.source.SourceListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cluster that gets one node after another, numbered: what was said can be told from what was seen by counting.
 *
 * <p>Every key is new, so that the publisher merges nothing and each declaration is an event of its own.
 */
public final class ScriptedCluster implements Source {
    public static final String NAME = "eastus";

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("scripted-", 0).daemon(true).factory());
    private final AtomicInteger said = new AtomicInteger();
    private SourceListener listener;
    private ScheduledFuture<?> traffic;

    /** The key of the node of that number. */
    public static String key(int number) {
        return "%s/nodes/node-%06d".formatted(NAME, number);
    }

    @Override
    public void start(SourceListener given) {
        listener = given;
        run(() -> given.onObjects(List.of()));
    }

    /** How many nodes there are. */
    public int said() {
        return said.get();
    }

    /** One more; answers its number. */
    public int sayOne() {
        run(this::say);
        return said.get() - 1;
    }

    /** As many more at once. */
    public void say(int count) {
        run(() -> {
            for (int i = 0; i < count; i++) {
                say();
            }
        });
    }

    /** One more every so often, until {@link #quiet}. */
    public void talk(long everyMicros) {
        traffic = thread.scheduleAtFixedRate(this::say, 0, everyMicros, TimeUnit.MICROSECONDS);
    }

    /** Answers how many nodes there are. */
    public int quiet() {
        traffic.cancel(false);
        run(() -> {});
        return said.get();
    }

    /** Gives a node that there is other annotations. */
    public void change(int number, Map<String, String> annotations) {
        run(() -> tell(number, annotations));
    }

    private void say() {
        tell(said.get(), Map.of());
        said.incrementAndGet();
    }

    private void tell(int number, Map<String, String> annotations) {
        CiliumNode node = new CiliumNode(
                new ObjectMeta("", "node-%06d".formatted(number), Map.of(), annotations, ""),
                List.of(),
                List.of(),
                CiliumNode.AddressPair.NONE,
                CiliumNode.AddressPair.NONE,
                0,
                "");
        listener.onChanges(List.of(new ObjectChange.Upserted(node)));
    }

    private void run(Runnable task) {
        try {
            ((ExecutorService) thread).submit(task).get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
