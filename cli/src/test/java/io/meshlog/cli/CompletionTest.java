package io.meshlog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTest {
    private static final int SHELL_LIMIT_S = 60;

    /** The script as each shell runs it, with a {@code meshlog} that tells what it was asked. */
    @Nested
    @ParameterizedClass
    @ValueSource(strings = {"bash", "zsh"})
    class InAShell {
        private final String shell;

        @TempDir
        Path folder;

        InAShell(String shell) {
            this.shell = shell;
            assumeTrue(installed(shell), shell + " is not installed");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                sta                             | status
                adm                             | admin
                com                             | completion
                completion ''                   | bash zsh
                get serv                        | services serviceexports
                watch node                      | nodes
                get services -o j               | json jsonl
                get services --lin              | --linearizable
                admin exp                       | expel export-checkpoint
                admin admit --id 1 --pod        | --pod-cidr
                checkpoint li                   | list
                get services --cluster e        | eastus edge
                get services --cluster west,ea  | west,eastus
                watch services -n pay           | payments
                admin expel w                   | westeurope
                publish some.yaml --cluster ed  | edge
                """)
        void aWordIsCompleted(String line, String expected) throws Exception {
            assertThat(complete(line)).containsExactlyInAnyOrder(expected.split(" "));
        }

        @Test
        void namesAreAskedOfTheServerOfTheLine() throws Exception {
            // when
            complete("get services --server [::1]:7400 --tls-ca some/ca.pem --cluster e");

            // then
            assertThat(folder.resolve("asked")).hasContent("names clusters --server [::1]:7400 --tls-ca some/ca.pem\n");
        }

        @Test
        void bashsThreeWordsOfAnAddressAreOne() throws Exception {
            // when
            complete("get services --server 127.0.0.1 : 7400 --cluster e");

            // then
            assertThat(folder.resolve("asked")).hasContent("names clusters --server 127.0.0.1:7400\n");
        }

        @Test
        void nothingIsAskedWhereNoNameIsCompleted() throws Exception {
            // when
            complete("get services -o j");

            // then
            assertThat(folder.resolve("asked")).doesNotExist();
        }

        /** What the shell offers for the last word of the line; zsh itself leaves out what does not begin like it. */
        private List<String> complete(String line) throws Exception {
            Path command = Files.writeString(folder.resolve("meshlog"), """
                    #!/bin/sh
                    echo "$*" > '%s/asked'
                    case $2 in
                        clusters) printf 'eastus\\nedge\\nwesteurope\\n' ;;
                        namespaces) printf 'payments\\nshop\\n' ;;
                    esac
                    """.formatted(folder));
            assertThat(command.toFile().setExecutable(true)).isTrue();
            Files.writeString(
                    folder.resolve("script"), new Cli().run("completion", shell).out());
            return run(shell, """
                    source '%1$s/script'
                    [ -z "$ZSH_VERSION" ] || { emulate sh; setopt kshglob; }
                    unalias compopt 2>/dev/null || true
                    compopt() { :; }
                    COMP_WORDS=('%1$s/meshlog' %2$s)
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                    COMP_LINE="${COMP_WORDS[*]}"
                    COMP_POINT=${#COMP_LINE}
                    _complete_meshlog
                    for reply in "${COMPREPLY[@]}"; do
                        case $reply in "${COMP_WORDS[COMP_CWORD]}"*) printf '%%s\\n' "$reply" ;; esac
                    done
                    """.formatted(folder, line))
                    .lines()
                    .filter(reply -> !reply.isEmpty())
                    .toList();
        }
    }

    @Test
    void clustersOfTheFleetAreListed() throws Exception {
        // given
        FakeMesh server = new FakeMesh();

        // then
        assertThat(Cli.withServer(server).run("names", "clusters"))
                .isEqualTo(new Cli.Ended(ExitCode.OK, "eastus\nwesteu\n", ""));
        server.kill();
    }

    @Test
    void aNameThatAShellCouldObeyIsNotListed() throws Exception {
        // given
        FakeMesh server = new FakeMesh();
        server.resources =
                new ArrayList<>(List.of(service("shop"), service("$(reboot)"), service("-n"), service("a b")));

        // then
        assertThat(Cli.withServer(server).run("names", "namespaces").out()).isEqualTo("shop\n");
        server.kill();
    }

    @Test
    void anUnknownShellIsAUsageError() {
        // when
        Cli.Ended ended = new Cli().run("completion", "fish");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("fish", "BASH, ZSH");
    }

    private static Resource service(String namespace) {
        return Resource.newBuilder()
                .setKey("eastus/services/" + namespace + "/web")
                .setService(Service.getDefaultInstance())
                .build();
    }

    private static boolean installed(String shell) {
        try {
            run(shell, "true");
            return true;
        } catch (IOException none) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String run(String shell, String script) throws IOException, InterruptedException {
        String[] command = shell.equals("zsh")
                ? new String[] {"zsh", "-f", "-c", script}
                : new String[] {"bash", "--noprofile", "--norc", "-c", script};
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(SHELL_LIMIT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
