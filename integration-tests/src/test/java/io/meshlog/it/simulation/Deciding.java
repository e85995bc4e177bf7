package io.meshlog.it.simulation;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.meshapi.feed.ChangelogSource;
import io.meshlog.projector.decider.Decider;
import io.meshlog.projector.decider.DeciderPolicy;
import io.meshlog.projector.decider.EventVoice;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;

/** One term of the elected decider: it reads the changelog from its beginning and says what time means. */
final class Deciding {
    private static final DeciderPolicy POLICY = new DeciderPolicy(
            new DeciderPolicy.Founding("simulated", new UUID(1, 1), 255),
            5,
            12,
            1_000,
            2_000,
            4_000,
            6,
            3_000,
            1L << 40);

    private final World world;
    private final ChangelogSource source;
    private final long end;
    private final Decider decider;
    private final List<Runnable> answers = new ArrayList<>();
    private final Queue<MeshEvent> failures = new ArrayDeque<>();
    private final EventVoice voice;

    Deciding(World world) {
        this.world = world;
        this.source = world.changelog.source(() -> false);
        this.end = source.stableEnd(Duration.ZERO);
        this.decider = new Decider(POLICY, new ValueCodec(), "projector", world::newId, world.newId());
        this.voice = new EventVoice(() -> world.events.writer(answers));
    }

    void turn() {
        for (ChangeRecord record : source.poll(Duration.ZERO)) {
            if (record.change() == null) {
                decider.onForgotten(record.key());
            } else {
                decider.onChange(record.change(), record.timestampMs());
            }
        }
        if (source.position() >= end) {
            decider.onCaughtUp(world.nowMs);
        }
        List<Runnable> due = List.copyOf(answers);
        answers.clear();
        due.forEach(Runnable::run);
        MeshEvent failed = failures.poll();
        if (failed != null) {
            decider.onAppendFailed(failed);
        }
        MeshEvent event = decider.onTick(world.nowMs, world.events.size() == 0);
        if (event != null) {
            var unused = voice.apply(event).whenComplete((offset, failure) -> {
                if (failure != null) {
                    failures.add(event);
                }
            });
        }
    }

    boolean isElected() {
        return decider.state() instanceof Decider.State.Deciding;
    }

    boolean resigned() {
        boolean resigned = decider.state() instanceof Decider.State.Resigned;
        if (resigned) {
            world.met(Situation.DECIDER_SUCCEEDED);
        }
        return resigned;
    }
}
