package io.meshlog.projector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a projector until the process is told to end: {@code java ... io.meshlog.projector.ProjectorMain [config.yaml]}.
 * Exits with 2 where the configuration is wrong.
 */
public final class ProjectorMain {
    private static final int WRONG_CONFIGURATION = 2;

    private ProjectorMain() {}

    public static void main(String[] args) throws InterruptedException {
        ProjectorConfig config;
        try {
            String yaml = args.length == 0 ? "" : Files.readString(Path.of(args[0]));
            config = ProjectorConfig.read(yaml, System.getenv());
        } catch (IOException | IllegalArgumentException wrong) {
            System.err.println("meshlog projector: " + wrong);
            System.exit(WRONG_CONFIGURATION);
            return;
        }
        Projector projector = new Projector(config);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            projector.close();
            ended.countDown();
        }));
        projector.start();
        ended.await();
    }
}
