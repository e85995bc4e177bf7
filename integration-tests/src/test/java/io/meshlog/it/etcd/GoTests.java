package io.meshlog.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.meshlog.it.golang.GoModule;
import io.meshlog.it.golang.GoModule.Ran;
import java.time.Duration;
import java.util.Map;

/** The tests of one Go module of this repository. Without Go, or without its modules, they are skipped in words. */
final class GoTests {
    private static final Duration LIMIT = Duration.ofMinutes(7);
    /** The first time all of a large program's packages are compiled. */
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

    private final GoModule module;

    GoTests(String name) {
        module = GoModule.orSkip(name);
        Ran build = module.run(BUILD_LIMIT, Map.of(), "test", "-run", "^$", "./...");
        assumeThat(build.inTime())
                .as("%s cannot be built here within %s", module.folder(), BUILD_LIMIT)
                .isTrue();
        assertThat(build.exitCode()).as(build.text()).isZero();
    }

    /** Runs them; an error with all they said if one fails. */
    void pass(String pattern, Map<String, String> environment) {
        Ran tests = module.run(LIMIT, environment, "test", "-count=1", "-run", pattern, "./...");
        assertThat(tests.orFail()).as("tests were run").contains("ok");
    }
}
