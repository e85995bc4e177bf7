package io.meshlog.cli;

import io.meshlog.cli.completion.CompletionScript;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code meshlog completion}. */
@Command(
        name = "completion",
        header = "Print the script that completes this command's words in a shell",
        description = {
            "Commands, options, kinds, output formats and files, and the fleet's clusters and namespaces,",
            "which are asked of the server when they are to be completed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog completion bash > ~/.local/share/bash-completion/completions/meshlog",
            "  meshlog completion zsh > ~/.meshlog-completion.zsh",
            "  echo 'source ~/.meshlog-completion.zsh' >> ~/.zshrc",
            "  source <(meshlog completion bash)       in this shell alone",
            "",
            "The first needs the package bash-completion and works in shells started after it.",
            "Exit codes: 0 ok, 2 usage."
        })
final class CompletionCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    Shell shell = Shell.BASH;

    /** Both take the same script: zsh reads it through its emulation of bash's completion. */
    enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.data(CompletionScript.of(Meshlog.wholeCommandLine(terminal)));
        terminal.flush();
        return ExitCode.OK;
    }
}
