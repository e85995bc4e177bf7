package io.meshlog.bench.takeover;

import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorConfig;
import java.util.concurrent.CountDownLatch;

/** A projector's process, configured by its environment; with {@code -Dpinned=false} as Streams would name its producer. */
public final class MeasuredProjector {
    private MeasuredProjector() {}

    public static void main(String[] args) throws InterruptedException {
        ProjectorConfig config = ProjectorConfig.read("", System.getenv());
        Projector projector = new Projector(config, !"false".equals(System.getProperty("pinned")));
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            projector.close();
            ended.countDown();
        }));
        projector.start();
        ended.await();
    }
}
