package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "up",
                "projector",
                "mesh-api",
                "publisher",
                "status",
                "get",
                "watch",
                "publish",
                "admin",
                "admin admit",
                "admin expel",
                "admin refound",
                "admin raise-feature-level",
                "admin export-checkpoint",
                "admin restore",
                "checkpoint",
                "checkpoint list",
                "mirror",
                "bench",
                "completion",
                "version"
            })
    void everyCommandHasExamples(String command) {
        // when
        Cli.Ended ended = new Cli().run((command + " --help").strip().split(" "));

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ended.out()).contains("Usage: meshlog " + command, "Examples:\n  meshlog " + command);
    }

    @Test
    void withoutACommandTheHelpIsShown() {
        assertThat(new Cli().run()).isEqualTo(new Cli().run("--help"));
    }

    @Test
    void aMistypedCommandIsAUsageErrorWithASuggestion() {
        // when
        Cli.Ended ended = new Cli().run("wacth");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("watch");
    }

    @Test
    void versionNamesTheJavaItRunsOn() {
        assertThat(new Cli().run("version").out()).startsWith("meshlog ").contains("\njava " + Runtime.version());
    }
}
