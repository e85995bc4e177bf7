package io.meshlog.meshapi;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a mesh-api until the process is told to end. The one argument, if there is any, is the configuration file. */
public final class MeshApiMain {
    private static final Logger LOG = LoggerFactory.getLogger(MeshApiMain.class);
    private static final int USAGE = 2;

    private MeshApiMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        // Avro loads no class, not even one it generated, unless its package is trusted
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "io.meshlog.schemas.avro");
        MeshApi api;
        try {
            Path file = arguments.length == 0 ? null : Path.of(arguments[0]);
            api = MeshApi.start(MeshApiConfigFile.read(file, System.getenv()));
        } catch (RuntimeException wrong) {
            LOG.debug("cannot start", wrong);
            LOG.error("mesh-api does not start: {}", wrong.getMessage());
            System.exit(USAGE);
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            api.close();
            ended.countDown();
        }));
        ended.await();
    }
}
