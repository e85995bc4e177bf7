package io.meshlog.cli.up;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the programs are that {@code up} starts. The launcher says so in properties.
 *
 * @param home the folder of the checkout or of the unpacked distribution
 * @param commandJar of this command
 * @param brokerJar of the embedded broker
 * @param registryFolder of the unpacked schema registry
 */
record Installation(Path home, Path commandJar, Path brokerJar, Path registryFolder) {

    /** @throws UpException if something is not there */
    static Installation find() {
        Installation found = new Installation(
                property("meshlog.home"),
                Path.of(System.getProperty("java.class.path")).toAbsolutePath(),
                property("meshlog.broker.jar"),
                property("meshlog.registry.dir"));
        requireThere(found.brokerJar);
        requireThere(found.registryRunner());
        return found;
    }

    /** The jar the registry is started from. */
    Path registryRunner() {
        return registryFolder.resolve("quarkus-run.jar");
    }

    /** The fleet that is published where nothing else is said. */
    Path exampleFleet() {
        return home.resolve("examples").resolve("three-clusters");
    }

    private static Path property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new UpException(
                    "the property %s is not set: start this with the launcher, ./meshlog".formatted(name));
        }
        return Path.of(value);
    }

    private static void requireThere(Path file) {
        if (!Files.exists(file)) {
            throw new UpException(
                    "%s is not there: build it with ./mvnw package, or start this with ./meshlog".formatted(file));
        }
    }
}
