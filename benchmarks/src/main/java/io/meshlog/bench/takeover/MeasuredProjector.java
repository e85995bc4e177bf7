package io.meshlog.bench.takeover;

import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorConfig;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/** A projector's process, configured by its environment; with {@code -Dpinned=false} as Streams would name its producer. */
public final class MeasuredProjector {
    private MeasuredProjector() {}

    public static void main(String[] args) throws InterruptedException {
        ProjectorConfig config = ProjectorConfig.read("", System.getenv());
        boolean pinned = !"false".equals(System.getProperty("pinned"));
        Projector projector = pinned ? new Projector(config) : new Projector(config, new DefaultKafkaClientSupplier());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            projector.close();
            ended.countDown();
        }));
        projector.start();
        ended.await();
    }
}
